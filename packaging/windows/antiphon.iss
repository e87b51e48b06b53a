; The Windows installer, for one user and without an administrator. From dist\antiphon, as `make package` leaves it:
;   iscc /DVersion=0.1.0 /DNumbers=0.1.0.0 packaging\windows\antiphon.iss
#ifndef Version
  #error Say which version: iscc /DVersion=... (python -m bundle version prints it)
#endif
#ifndef Numbers
  #define Numbers Version
#endif
#define Root "..\.."

[Setup]
; The identity of the program over all versions: never to be changed.
AppId={{7C0E4B52-6E2B-4A57-9C0B-9B7E3A5D21F4}
AppName=Antiphon
AppVersion={#Version}
AppVerName=Antiphon {#Version}
AppPublisher=Antiphon
VersionInfoVersion={#Numbers}
PrivilegesRequired=lowest
DefaultDirName={autopf}\Antiphon
DefaultGroupName=Antiphon
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Root}\LICENSE
OutputDir={#Root}\dist
OutputBaseFilename=antiphon-{#Version}-windows-x86_64-setup
SetupIconFile={#Root}\build\package\antiphon\icons\antiphon.ico
UninstallDisplayIcon={app}\antiphon.exe
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
ChangesEnvironment=yes
; A daemon that runs is closed before its files are replaced; what sounded is closed by its wire.
CloseApplications=yes
RestartApplications=no

[Tasks]
Name: service; Description: "Start Antiphon when I log in"; Flags: unchecked
Name: path; Description: "Make the command «antiphon» known to terminals"

[Files]
Source: "{#Root}\dist\antiphon\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; Libraries of an older version would be found first.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\Antiphon: jam"; Filename: "{app}\antiphon.exe"; Parameters: "jam --seconds 0"; WorkingDir: "{userdocs}"
Name: "{group}\Antiphon: look at this machine"; Filename: "{cmd}"; Parameters: "/k ""{app}\antiphon.exe"" doctor"

[Registry]
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; \
    Tasks: path; Check: NeedsPath

[Run]
Filename: "{app}\antiphon.exe"; Parameters: "service install"; Flags: runhidden; Tasks: service
Filename: "{cmd}"; Parameters: "/k ""{app}\antiphon.exe"" doctor"; Description: "Look whether this machine is ready"; \
    Flags: postinstall nowait skipifsilent unchecked

[UninstallRun]
Filename: "{app}\antiphon.exe"; Parameters: "service remove"; Flags: runhidden; RunOnceId: "service"

[Code]
function NeedsPath: Boolean;
var
  Paths: String;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Paths) then
    Paths := '';
  Result := Pos(';' + Lowercase(ExpandConstant('{app}')) + ';', ';' + Lowercase(Paths) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Paths, Ours: String;
begin
  if Step <> usPostUninstall then
    exit;
  Ours := ExpandConstant('{app}');
  if RegQueryStringValue(HKCU, 'Environment', 'Path', Paths) then
  begin
    StringChangeEx(Paths, ';' + Ours, '', True);
    RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Paths);
  end;
end;
