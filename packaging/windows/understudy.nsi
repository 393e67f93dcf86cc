; Setup for one person, without administrator's rights. packaging/windows/build.py compiles it with
;   VERSION (1.2.3), TREE (the frozen folder), ICON, SIDE (a .bmp beside the last page), LICENCES, OUT
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
SetCompressorDictSize 32 ; the two programs hold the same modules, some megabytes apart
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
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
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
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE RefuseForeignFolder ; people stay on the page
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

; A program in use cannot be opened for writing: sets the error flag then.
!macro TRY_TO_WRITE name
  ${If} ${FileExists} "$INSTDIR\${name}"
    FileOpen $1 "$INSTDIR\${name}" a
    FileClose $1
  ${EndIf}
!macroend

; Ask the program to end where it runs, and wait until its files are no longer in use. Leaves "" in
; $0 if it does not. A damaged program may only show a window with its error: nsExec ends it.
!macro CLOSE_PROGRAM un
  Function ${un}CloseProgram
    StrCpy $0 "closed"
    ${Do}
      ${For} $2 0 ${PATIENCE}
        ClearErrors
        !insertmacro TRY_TO_WRITE "understudy.exe"
        !insertmacro TRY_TO_WRITE "understudy-cli.exe"
        ${IfNot} ${Errors}
          Return
        ${EndIf}
        ${If} $2 = 0
          nsExec::Exec /TIMEOUT=10000 '"$INSTDIR\understudy.exe" --tell quit'
          Pop $1
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

; Nothing of anybody else's is ever overwritten or, later, removed. Other programs have an
; uninstall.exe and an _internal as well, so neither shows that a folder is ours.
Function RefuseForeignFolder
  ReadRegStr $1 HKCU "${KEY}" "InstallLocation"
  ${If} $INSTDIR == $1
  ${OrIf} $INSTDIR == "$1\" ; as the folder page shows what it has from there
  ${OrIf} ${FileExists} "$INSTDIR\understudy.exe"
    Return
  ${EndIf}
  ${DirState} "$INSTDIR" $1
  ${If} $1 == 1
    MessageBox MB_OK|MB_ICONSTOP "$(FOREIGN)" /SD IDOK
    SetErrorLevel 2
    Abort
  ${EndIf}
FunctionEnd

!macro MOVE name from to
  ${If} ${FileExists} "$INSTDIR\${from}${name}"
    Rename "$INSTDIR\${from}${name}" "$INSTDIR\${to}${name}"
  ${EndIf}
!macroend

!macro MOVE_ALL from to
  !insertmacro MOVE "_internal" "${from}" "${to}"
  !insertmacro MOVE "understudy.exe" "${from}" "${to}"
  !insertmacro MOVE "understudy-cli.exe" "${from}" "${to}"
!macroend

!macro REMOVE_PROGRAM
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\understudy.exe"
  Delete "$INSTDIR\understudy-cli.exe"
!macroend

; Every look at the error flag clears it, so each of the two steps is judged by itself: until all old
; files are aside nothing is written, and once they are, what has their names is new.
Section "-program"
  Call RefuseForeignFolder
  Call CloseProgram
  ${If} $0 == ""
    SetErrorLevel 2
    Abort
  ${EndIf}
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\before"
  IfFileExists "$INSTDIR\before" given_up
  ClearErrors
  CreateDirectory "$INSTDIR\before"
  !insertmacro MOVE_ALL "" "before\"
  IfErrors not_moved
  SetOverwrite try
  File /r "${TREE}\*"
  IfErrors not_written
  RMDir /r "$INSTDIR\before"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Understudy.lnk" "$INSTDIR\understudy.exe"
  Call Register
  SetErrorLevel 0 ; a folder that was refused on the way here is forgotten
  Return
  not_written:
  !insertmacro REMOVE_PROGRAM
  not_moved:
  !insertmacro MOVE_ALL "before\" ""
  given_up:
  SetOutPath "$TEMP"
  RMDir "$INSTDIR\before" ; only where it is empty, and so the next one
  RMDir "$INSTDIR"
  MessageBox MB_OK|MB_ICONSTOP "$(NOT_WRITTEN)" /SD IDOK
  SetErrorLevel 2
  Abort
SectionEnd

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
  !insertmacro REMOVE_PROGRAM
  RMDir /r "$INSTDIR\camera"
  RMDir /r "$INSTDIR\before"
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
