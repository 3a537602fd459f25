import { OutOfPatience } from './patience.ts'

export interface KeychainTrouble {
  problem: string
  fix: string
}

const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
  linux: "the desktop's keychain (Secret Service)",
}

/** What people call the keychain of this system. */
export function keychainName(platform: NodeJS.Platform = process.platform): string {
  return names[platform] ?? "the system's keychain"
}

/** Turns what the native module threw into what is wrong and what to do, in plain words. */
export function troubleOf(error: unknown, platform: NodeJS.Platform = process.platform): KeychainTrouble {
  const said = error instanceof Error ? error.message : String(error)
  if (error instanceof OutOfPatience)
    return {
      problem: 'The keychain does not answer. It may be locked and waiting for its password.',
      fix: 'Unlock the keychain (look for its password window), then try again.',
    }
  if (platform === 'linux') return linuxTrouble(said)
  if (/user (?:interaction|canceled)|locked|-25308|-128/i.test(said)) return locked
  return {
    problem: `Skillet can't use ${keychainName(platform)}.`,
    fix: 'Check that you are signed in normally and that the keychain opens, then try again.',
  }
}

const locked: KeychainTrouble = {
  problem: 'The keychain is locked.',
  fix: 'Unlock it with your password, for example by signing out and in again, then try again.',
}

function linuxTrouble(said: string): KeychainTrouble {
  if (/libsecret|libglib|cannot open shared object/i.test(said))
    return {
      problem: 'The library that reaches the keychain (libsecret) is missing.',
      fix: 'Install it and try again: sudo apt install libsecret-1-0 gnome-keyring',
    }
  if (/keytar|NODE_MODULE_VERSION|ERR_DLOPEN_FAILED|invalid ELF/i.test(said))
    return {
      problem: "Skillet's own part that reaches the keychain can't be loaded.",
      fix: 'Install Skillet again.',
    }
  // libsecret goes on talking to the one that it found first, as long as this process lives.
  if (/The name :\d+\.\d+ was not provided|session wrapping the secret does not exist/.test(said))
    return {
      problem: 'The keychain was started again while Skillet was using it.',
      fix: 'Close Skillet and start it again. Your keys are still in the keychain.',
    }
  if (/locked|dismissed|prompt|no such (?:object|interface)|default collection|\/collection\//i.test(said))
    return locked
  return {
    problem: 'No keychain is running in this session.',
    fix: 'Install one, then sign out and in again: sudo apt install gnome-keyring',
  }
}
