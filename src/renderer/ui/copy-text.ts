/**
 * Puts text on the clipboard, during a press or a key. False when that failed.
 * The window has no permissions at all, so the asynchronous clipboard is closed to it; copying what a person asks to
 * copy needs none.
 */
export async function copyText(text: string): Promise<boolean> {
  const give = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
  }
  if (typeof document.execCommand === 'function') {
    document.addEventListener('copy', give, { once: true, capture: true })
    const copied = document.execCommand('copy')
    document.removeEventListener('copy', give, { capture: true })
    if (copied) return true
  }
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}
