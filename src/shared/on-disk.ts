/**
 * Where a file of the program's own lies for other programs. The packed program is one archive, which only its own
 * scripts can read from; what the system starts or loads lies in a folder of the same form beside it.
 */
export function onDisk(path: string): string {
  return path.replace(/(?<=[\\/])app\.asar(?=[\\/])/, 'app.asar.unpacked')
}
