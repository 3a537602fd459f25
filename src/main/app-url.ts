/** Our own scheme: unlike file://, it has an origin of its own, carries headers and reaches no other file. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'skillet'
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/index.html`
