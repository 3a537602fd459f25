/** What gives the home folder. */
export const homes = new Set([
  'pathlib.Path.home()',
  'os.homedir()',
  'process.env.HOME',
  'process.env.USERPROFILE',
  'pathlib.Path().home()',
  'os.userInfo().homedir',
])
/** What puts the parts of a path together. */
export const paths = new Set([
  'os.path.join',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.PurePath',
  'path.join',
  'path.resolve',
  'path.posix.join',
])
/** What gives back its first argument, as far as texts go. */
export const passing = new Set([
  'os.path.expanduser',
  'os.path.abspath',
  'os.path.expandvars',
  'os.path.realpath',
  'str',
  'os.fspath',
  'open',
  'io.open',
  'codecs.open',
  'fs.createWriteStream',
  'fs.openSync',
  'shlex.quote',
  'String',
  'URL',
  'urllib.request.Request',
  'gzip.open',
  'encodeURI',
  'path.normalize',
  'memoryview',
  'io.BytesIO',
  'io.StringIO',
  'tarfile.open',
  'zipfile.ZipFile',
  'textwrap.dedent',
])
