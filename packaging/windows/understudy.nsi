; Setup for one person, without administrator's rights. packaging/windows/build.py compiles it with
;   VERSION (1.2.3), TREE (the frozen folder), ICON, LICENCES, OUT
;   SIGN (optional): a command that signs one file, whose path follows it
;   TARGET (optional): amd64-unicode makes Setup itself a 64-bit program
;   CAMERA, CAMERA_LICENCE (optional): a camera driver's .dll that people may have registered
; Silent: Setup.exe /S [/D=FOLDER], uninstall.exe /S [/REMOVEDATA]. Exit code 2: given up, with
; everything as it was before.

!ifdef TARGET
  Target ${TARGET}
!endif
Unicode true
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel user

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "x64.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Understudy"
!define DATA "$LOCALAPPDATA\understudy" ; where platformdirs puts people, settings and logs
!define PATIENCE 40 ; half seconds that the running program has to end

Name "Understudy"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Understudy"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
BrandingText "Understudy ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Understudy"
VIAddVersionKey "FileDescription" "Setup of Understudy"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "see the licences that Setup shows"

!ifdef SIGN
  !finalize '${SIGN} "%1"'
  !uninstfinalize '${SIGN} "%1"'
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_PAGE_HEADER_TEXT "$(LICENCES_HEAD)"
!define MUI_PAGE_HEADER_SUBTEXT " "
!define MUI_LICENSEPAGE_TEXT_BOTTOM " "
!define MUI_LICENSEPAGE_TEXT_TOP "$(LICENCES_TOP)"
!define MUI_LICENSEPAGE_BUTTON "$(LICENCES_NEXT)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\understudy.exe"
!insertmacro MUI_PAGE_LICENSE "${LICENCES}"
!ifdef CAMERA
  !insertmacro MUI_PAGE_COMPONENTS
!endif
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString LICENCES_HEAD ${LANG_ENGLISH} "Licences"
LangString LICENCES_HEAD ${LANG_GERMAN} "Lizenzen"
LangString LICENCES_TOP ${LANG_ENGLISH} "What Understudy stands on, and under which licences."
LangString LICENCES_TOP ${LANG_GERMAN} "Worauf Understudy steht, und unter welchen Lizenzen."
LangString LICENCES_NEXT ${LANG_ENGLISH} "&Next >"
LangString LICENCES_NEXT ${LANG_GERMAN} "&Weiter >"
LangString REMOVE_DATA ${LANG_ENGLISH} "Remove my people, photos and settings too"
LangString REMOVE_DATA ${LANG_GERMAN} "Auch meine Personen, Fotos und Einstellungen entfernen"
LangString RUNS ${LANG_ENGLISH} "Understudy is still running. Close it, then retry."
LangString RUNS ${LANG_GERMAN} "Understudy läuft noch. Beenden Sie es und versuchen Sie es erneut."
LangString FOREIGN ${LANG_ENGLISH} "This folder holds something else. Choose another one, or an empty one: $INSTDIR"
LangString FOREIGN ${LANG_GERMAN} "In diesem Ordner liegt etwas anderes. Wählen Sie einen anderen oder einen leeren: $INSTDIR"
LangString NOT_WRITTEN ${LANG_ENGLISH} "The files could not be written to $INSTDIR. What was there before is back."
LangString NOT_WRITTEN ${LANG_GERMAN} "Die Dateien konnten nicht nach $INSTDIR geschrieben werden. Was vorher da war, ist wieder da."
LangString NEEDS_64 ${LANG_ENGLISH} "Understudy needs 64-bit Windows 10 or newer."
LangString NEEDS_64 ${LANG_GERMAN} "Understudy braucht Windows 10 oder neuer mit 64 Bit."

; Ask the program to end, and wait until its file is no longer in use. Leaves "" in $0 if it does
; not. A file in use cannot be opened for writing.
!macro CLOSE_PROGRAM un
  Function ${un}CloseProgram
    StrCpy $0 "closed"
    ${IfNot} ${FileExists} "$INSTDIR\understudy.exe"
      Return
    ${EndIf}
    ${Do}
      nsExec::Exec '"$INSTDIR\understudy.exe" --tell quit'
      Pop $1
      ${For} $2 1 ${PATIENCE}
        ClearErrors
        FileOpen $1 "$INSTDIR\understudy.exe" a
        ${IfNot} ${Errors}
          FileClose $1
          Return
        ${EndIf}
        Sleep 500
      ${Next}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNS)" /SD IDCANCEL IDRETRY again
      StrCpy $0 ""
      Return
      again:
    ${Loop}
  FunctionEnd
!macroend
!insertmacro CLOSE_PROGRAM ""
!insertmacro CLOSE_PROGRAM "un."

Function .onInit
  ${IfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "$(NEEDS_64)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
FunctionEnd

; Nothing of anybody else's is ever overwritten or, later, removed.
Function RefuseForeignFolder
  ${If} ${FileExists} "$INSTDIR\*"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    ${DirState} "$INSTDIR" $1
    ${If} $1 == 1
      MessageBox MB_OK|MB_ICONSTOP "$(FOREIGN)" /SD IDOK
      SetErrorLevel 2
      Abort
    ${EndIf}
  ${EndIf}
FunctionEnd

Section "-program"
  Call RefuseForeignFolder
  Call CloseProgram
  ${If} $0 == ""
    SetErrorLevel 2
    Abort
  ${EndIf}
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\before"
  CreateDirectory "$INSTDIR\before"
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\understudy.exe"
    Rename "$INSTDIR\_internal" "$INSTDIR\before\_internal"
    Rename "$INSTDIR\understudy.exe" "$INSTDIR\before\understudy.exe"
    ${If} ${FileExists} "$INSTDIR\understudy-cli.exe"
      Rename "$INSTDIR\understudy-cli.exe" "$INSTDIR\before\understudy-cli.exe"
    ${EndIf}
  ${EndIf}
  ${IfNot} ${Errors}
    SetOverwrite try
    File /r "${TREE}\*"
  ${EndIf}
  ${If} ${Errors}
    Call RestoreBefore
    MessageBox MB_OK|MB_ICONSTOP "$(NOT_WRITTEN)" /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
  RMDir /r "$INSTDIR\before"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Understudy.lnk" "$INSTDIR\understudy.exe"
  Call Register
SectionEnd

; Put back what an upgrade had moved aside.
Function RestoreBefore
  ${If} ${FileExists} "$INSTDIR\before\_internal\*"
    RMDir /r "$INSTDIR\_internal"
    Rename "$INSTDIR\before\_internal" "$INSTDIR\_internal"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\before\understudy.exe"
    Delete "$INSTDIR\understudy.exe"
    Rename "$INSTDIR\before\understudy.exe" "$INSTDIR\understudy.exe"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\before\understudy-cli.exe"
    Delete "$INSTDIR\understudy-cli.exe"
    Rename "$INSTDIR\before\understudy-cli.exe" "$INSTDIR\understudy-cli.exe"
  ${EndIf}
  RMDir /r "$INSTDIR\before"
FunctionEnd

Function Register
  WriteRegStr HKCU "${KEY}" "DisplayName" "Understudy"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\understudy.exe"
  WriteRegStr HKCU "${KEY}" "Publisher" "Understudy"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $1 $2 $3
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" $1
FunctionEnd

!ifdef CAMERA
  LangString CAMERA_TITLE ${LANG_ENGLISH} "Camera driver (asks for an administrator)"
  LangString CAMERA_TITLE ${LANG_GERMAN} "Kameratreiber (fragt nach einem Administrator)"
  LangString CAMERA_ASK ${LANG_ENGLISH} "The camera driver is not Understudy's own. Its licence lies beside it and is opened now. Register the driver?"
  LangString CAMERA_ASK ${LANG_GERMAN} "Der Kameratreiber ist nicht von Understudy. Seine Lizenz liegt bei ihm und wird jetzt geöffnet. Den Treiber anmelden?"

  Section /o "$(CAMERA_TITLE)"
    SetOutPath "$INSTDIR\camera"
    File "/oname=camera.dll" "${CAMERA}"
    File "/oname=LICENCE.txt" "${CAMERA_LICENCE}"
    ${IfNot} ${Silent}
      ExecShell "open" "$INSTDIR\camera\LICENCE.txt"
    ${EndIf}
    MessageBox MB_YESNO|MB_ICONQUESTION "$(CAMERA_ASK)" /SD IDNO IDNO skip
    ExecShellWait "runas" "regsvr32" '/s "$INSTDIR\camera\camera.dll"'
    WriteRegDWORD HKCU "${KEY}" "Camera" 1
    skip:
  SectionEnd
!endif

Section "-un.program"
  Call un.CloseProgram
  ${If} $0 == ""
    SetErrorLevel 2
    Abort
  ${EndIf}
  ReadRegDWORD $1 HKCU "${KEY}" "Camera"
  ${If} $1 == 1
    ExecShellWait "runas" "regsvr32" '/s /u "$INSTDIR\camera\camera.dll"'
  ${EndIf}
  Delete "$SMPROGRAMS\Understudy.lnk"
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\camera"
  RMDir /r "$INSTDIR\before"
  Delete "$INSTDIR\understudy.exe"
  Delete "$INSTDIR\understudy-cli.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only if nothing else is in it
  DeleteRegKey HKCU "${KEY}"
SectionEnd

Section /o "un.$(REMOVE_DATA)" REMOVE_DATA_SECTION
  RMDir /r "${DATA}"
SectionEnd

Function un.onInit
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMOVEDATA" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${REMOVE_DATA_SECTION}
  ${EndIf}
FunctionEnd
