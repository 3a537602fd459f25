/** The word with which the system starts Skillet at login: no window until somebody asks for it. */
export const hiddenWord = '--hidden'
