"""Which subfolder a file belongs in."""

_KINDS = {
    "Documents": "pdf doc docx odt rtf txt md tex pages wpd wps xps oxps",
    "Spreadsheets": "xls xlsx xlsm ods csv tsv numbers",
    "Presentations": "ppt pptx pps ppsx odp key",
    "E-books": "epub mobi azw azw3 fb2 djvu cbz cbr",
    "Pictures": """jpg jpeg png gif bmp tif tiff webp heic heif avif svg ico raw cr2 cr3 nef arw dng orf rw2 psd
        xcf ai eps jxl""",
    "Videos": "mp4 mov avi mkv webm wmv flv m4v mpg mpeg 3gp ogv mts m2ts",
    "Music": "mp3 wav flac aac ogg oga m4a wma opus aiff aif mid midi",
    "Archives": "zip rar 7z tar gz tgz bz2 tbz2 xz txz zst lz4",
    "Programs": "exe msi msix dmg pkg deb rpm appimage flatpakref snap apk jar iso img vhd",
    "Code": """py js ts tsx jsx mjs cjs java c h cc cpp hpp cs go rs rb php swift kt sh ps1 bat sql html htm css
        scss json xml yaml yml toml ini ipynb r lua pl""",
    "Fonts": "ttf otf woff woff2 ttc",
    "Mail and calendar": "eml msg mbox ics vcf",
    "3D and CAD": "stl obj step stp 3mf dwg dxf blend fbx gltf glb",
    "Torrents": "torrent",
}

_BY_EXTENSION = {extension: kind for kind, extensions in _KINDS.items() for extension in extensions.split()}


def kind_of(name):
    extension = name.rsplit(".", 1)[-1].lower() if "." in name.lstrip(".") else ""
    return _BY_EXTENSION.get(extension, "Other")
