"""Gives every fuzzer something to begin with, out of the corpus that `cargo xtask corpus` makes.

    seeds.py CORPUS [MORE…]

Packed files are laid open: a fuzzer changes the parts, and not how they are packed. Inputs that are there already stay.
"""

import io, struct, sys, zipfile
from pathlib import Path

HERE = Path(__file__).parent / "corpus"
DIVIDER = b"\n##\n"
MOST, LARGEST = 120, 200_000
TARGETS = {
    "package": ("docx", "xlsx", "pptx", "docm", "xlsm", "pptm"), "opendocument": ("odt", "ods", "odp"), "ole": ("doc", "xls", "ppt", "msg"), "vba": (), "tnef": (), "pdf": ("pdf",), "rtf": ("rtf",),
    "mail": ("eml", "emlx", "mbox", "mhtml"), "archive": ("zip", "tar", "tgz", "gz", "bz2", "7z", "epub"), "markup": ("html", "htm"), "xml": ("xml", "fodt", "svg"), "plain": ("txt", "md", "csv"),
    "image": ("png", "jpg", "tif", "gif", "bmp"), "decide": ("txt", "eml", "html"),
}


def parts(file):
    """The parts that hold text, with their names."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            names = [name for name in package.namelist() if not name.endswith("/") and not any(word in name for word in ("theme", "styles", "font", "Layout", "Master", "thumbnail", "Content_Types", ".rels", "webSettings"))]
            return DIVIDER.join(name.encode() + b"\n" + package.read(name) for name in names[:30])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return b""


def compressed(text):
    """As a module is (MS-OVBA 2.4.1), every byte as it is."""
    out = b"\1"
    for at in range(0, len(text), 3600):
        piece = text[at:at + 3600]
        body = b"".join(b"\0" + piece[by:by + 8] for by in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | len(body) - 1) + body
    return out


def project():
    record = lambda number, body: struct.pack("<HI", number, len(body)) + body
    listed = record(3, struct.pack("<H", 1252)) + struct.pack("<HI", 9, 4) + b"\1\0\0\0\2\0" + record(0x19, b"Module1") + record(0x1A, b"Module1") + record(0x31, struct.pack("<I", 3))
    source = b'Attribute VB_Name = "Module1"\r\n\' SECRET\r\nSub a()\r\nMsgBox "x" \' RESTRICTED\r\nEnd Sub\r\n'
    return DIVIDER.join([b"VBA/dir\n" + compressed(listed), b"VBA/Module1\nabc" + compressed(source), b"VBA/_VBA_PROJECT\n\xcc\x61", b"Form/o\n\0\0label\0\0"])


def streams():
    yield b"WordDocument\n" + b"\xec\xa5\xc1\0" + bytes(range(256)) * 8 + DIVIDER + b"1Table\n" + bytes(range(200))
    yield b"Workbook\n" + struct.pack("<HHHH", 0x809, 4, 0x600, 5) + struct.pack("<HH", 0x14, 9) + b"\6\0\0SECRET" + struct.pack("<HH", 0xFC, 17) + struct.pack("<II", 1, 1) + b"\6\0\0SECRET" + struct.pack("<HH", 10, 0)
    record = lambda kind, body: struct.pack("<HH", kind, len(body)) + body
    yield b"Workbook\n" + record(0x809, b"\0\6\5\0") + record(0x18, b"\0\0\0\2\x08" + bytes(10) + b"AB\x17\6\0SECRET") + record(
        0x89C, bytes(30) + struct.pack("<HHHH", 6, 0, 0, 5) + b"\6\0\0SECRET" + b"\5\0\1f\0i\0r\0s\0t\0") + record(0x100D, b"\0\0\6\0SECRET") + record(
        0x1B6, bytes(10) + b"\6\0" + bytes(6)) + record(0x3C, b"\0SEC") + record(0x3C, b"\0RET") + record(0x3C, bytes(16)) + record(10, b"")
    atom = lambda head, kind, body: struct.pack("<HHI", head, kind, len(body)) + body
    yield b"PowerPoint Document\n" + atom(15, 0x3EE, atom(15, 0x138A, atom(0, 0x138B, atom(15, 0x2EE0, atom(16, 0xFBA, b"S\0E\0C\0R\0E\0T\0")))))
    yield b"PowerPoint Document\n" + struct.pack("<HHI", 15, 0x3EE, 22) + struct.pack("<HHI", 0, 0xFA8, 6) + b"SECRET" + struct.pack("<HHI", 0, 0x1011, 0)
    yield b"__properties_version1.0\n" + bytes(64) + DIVIDER + b"__substg1.0_0037001F\nS\0E\0C\0" + DIVIDER + b"__substg1.0_1000001F\na\0b\0"
    yield b"\5SummaryInformation\n\xfe\xff\0\0\5\1\2\0" + bytes(16) + struct.pack("<I", 1) + bytes(16) + struct.pack("<I", 48) + struct.pack("<II", 40, 1) + struct.pack("<II", 2, 16) + struct.pack("<II", 30, 8) + b"SECRET\0\0"


def winmail(marking):
    """A message as Exchange sends it to others (MS-OXTNEF)."""
    attribute = lambda id, data: struct.pack("<BII", 1, id, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    padded = lambda data: struct.pack("<I", len(data)) + data + b"\0" * (-len(data) % 4)
    name = struct.pack("<16xI", 1) + padded("Classification\0".encode("utf-16-le"))
    properties = struct.pack("<I", 2) + struct.pack("<HHI", 0x1E, 0x1000, 1) + padded(b"Minutes\0") + struct.pack("<HH", 0x1F, 0x8001) + name + struct.pack("<I", 1) + padded((marking + "\0").encode("utf-16-le"))
    return struct.pack("<IH", 0x223E9F78, 1) + attribute(0x18004, b"Minutes\0") + attribute(0x69003, properties) + attribute(0x69002, bytes(14)) + attribute(0x18010, b"a.txt\0") + attribute(0x6800F, marking.encode() + b"\n")


def main():
    found = {}
    for root in sys.argv[1:]:
        for path in sorted(Path(root).rglob("*")):
            if path.is_file() and path.stat().st_size <= LARGEST:
                found.setdefault(path.suffix[1:].lower(), []).append(path)
    for target, kinds in TARGETS.items():
        seeds = []
        for kind in kinds:
            files = found.get(kind, [])
            step = max(1, len(files) * len(kinds) // MOST)
            for path in files[::step]:
                file = path.read_bytes()
                seeds.append(parts(file) if target in ("package", "opendocument") else file)
        if target == "vba": seeds = [project()]
        if target == "ole": seeds.extend(streams())
        if target == "tnef": seeds = [winmail("SECRET")]
        folder = HERE / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            if seed: (folder / f"seed-{number:03}").write_bytes(seed)
        print(f"{target}: {len(seeds)}")


main()
