"""The version resource of the Windows binaries."""

from pathlib import Path

from bundle import version

TEXT = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('CompanyName', 'Antiphon'),
      StringStruct('FileDescription', '{description}'),
      StringStruct('FileVersion', '{version}'),
      StringStruct('InternalName', '{name}'),
      StringStruct('LegalCopyright', 'Apache License 2.0'),
      StringStruct('OriginalFilename', '{name}.exe'),
      StringStruct('ProductName', 'Antiphon'),
      StringStruct('ProductVersion', '{version}')])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])])
  ]
)
"""


def resource(name: str, number: str = version.VERSION) -> str:
    """The resource in the notation that PyInstaller reads."""
    description = f"Antiphon, {version.SUMMARY}"
    return TEXT.format(numbers=version.numbers(number), description=description, version=number, name=name)


def write_version(path: Path, name: str) -> str:
    """Write the resource of one binary; the path as PyInstaller wants it."""
    path.write_text(resource(name), "utf-8")
    return str(path)
