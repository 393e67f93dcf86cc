<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>The log holds no sound, no pictures and no names.</source>
        <translation>Das Protokoll enthält weder Ton noch Bilder noch Namen.</translation>
    </message>
    <message>
        <source>Open log &amp;folder</source>
        <translation>&amp;Ordner des Protokolls öffnen</translation>
    </message>
    <message>
        <source>Collecting licences…</source>
        <translation>Lizenzen werden gesammelt …</translation>
    </message>
    <message>
        <source>A portrait performs your voice, live, as a webcam. Everything happens on this computer. Not for posing as someone who didn&apos;t agree, or getting past identity checks.</source>
        <translation>Ein Porträt führt Ihre Stimme auf, live, als Webcam. Alles geschieht auf diesem Computer. Nicht, um sich als jemand auszugeben, der nicht zugestimmt hat, und nicht, um Identitätsprüfungen zu umgehen.</translation>
    </message>
    <message>
        <source>Open-source licences</source>
        <translation>Open-Source-Lizenzen</translation>
    </message>
    <message>
        <source>Understudy&apos;s mark</source>
        <translation>Das Zeichen von Understudy</translation>
    </message>
    <message>
        <source>Understudy {version}</source>
        <translation>Understudy {version}</translation>
    </message>
</context>
<context>
    <name>BackgroundChoice</name>
    <message>
        <source>Background colour</source>
        <translation>Hintergrundfarbe</translation>
    </message>
    <message>
        <source>Background picture</source>
        <translation>Hintergrundbild</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)</source>
        <translation>Bilder (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Background: as in the photo</source>
        <translation>Hintergrund: wie im Foto</translation>
    </message>
    <message>
        <source>Blurred</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Background: the photo&apos;s, blurred</source>
        <translation>Hintergrund: der des Fotos, unscharf</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>Farbe …</translation>
    </message>
    <message>
        <source>Background: a solid colour</source>
        <translation>Hintergrund: eine Farbe</translation>
    </message>
    <message>
        <source>Image…</source>
        <translation>Bild …</translation>
    </message>
    <message>
        <source>Background: an image of your own</source>
        <translation>Hintergrund: ein eigenes Bild</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Background: transparent on the OBS page, black everywhere else</source>
        <translation>Hintergrund: auf der OBS-Seite durchsichtig, überall sonst schwarz</translation>
    </message>
</context>
<context>
    <name>BadgeChoice</name>
    <message>
        <source>Show “AI-generated” in the picture</source>
        <translation>„KI-erzeugt“ im Bild zeigen</translation>
    </message>
    <message>
        <source>Position of the label</source>
        <translation>Position des Kennzeichens</translation>
    </message>
    <message>
        <source>Text size of the label</source>
        <translation>Schriftgröße des Kennzeichens</translation>
    </message>
    <message>
        <source>How the label will look</source>
        <translation>So wird das Kennzeichen aussehen</translation>
    </message>
    <message>
        <source>Bottom right</source>
        <translation>Unten rechts</translation>
    </message>
    <message>
        <source>Bottom left</source>
        <translation>Unten links</translation>
    </message>
    <message>
        <source>Top right</source>
        <translation>Oben rechts</translation>
    </message>
    <message>
        <source>Top left</source>
        <translation>Oben links</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>Klein</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Large</source>
        <translation>Groß</translation>
    </message>
    <message>
        <source>Very large</source>
        <translation>Sehr groß</translation>
    </message>
    <message>
        <source>Pos&amp;ition</source>
        <translation>Pos&amp;ition</translation>
    </message>
    <message>
        <source>T&amp;ext size</source>
        <translation>Schri&amp;ftgröße</translation>
    </message>
    <message>
        <source>Remove the AI label?</source>
        <translation>KI-Kennzeichen entfernen?</translation>
    </message>
    <message>
        <source>Others won&apos;t see that the picture is AI-generated.</source>
        <translation>Andere sehen dann nicht, dass das Bild KI-erzeugt ist.</translation>
    </message>
    <message>
        <source>People may think it&apos;s a real camera image. In many places the law asks that such pictures say what they are; then you have to say it yourself, first.</source>
        <translation>Man könnte es für ein echtes Kamerabild halten. Vielerorts verlangt das Gesetz, dass solche Bilder sagen, was sie sind; dann müssen Sie es selbst sagen, und zwar zuerst.</translation>
    </message>
    <message>
        <source>&amp;Keep the label</source>
        <translation>Kennzeichen &amp;behalten</translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>AI-generated</source>
        <translation>KI-erzeugt</translation>
    </message>
</context>
<context>
    <name>BrowserChoice</name>
    <message>
        <source>Make a page for OBS (Browser source)</source>
        <translation>Eine Seite für OBS bereitstellen (Browserquelle)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Address of the page</source>
        <translation>Adresse der Seite</translation>
    </message>
    <message>
        <source>Copy the page&apos;s address</source>
        <translation>Adresse der Seite kopieren</translation>
    </message>
    <message>
        <source>Copied. {how}</source>
        <translation>Kopiert. {how}</translation>
    </message>
    <message>
        <source>In OBS: Sources, Add, Browser; paste this URL, and use the resolution chosen below as width and height.</source>
        <translation>In OBS: Quellen, Hinzufügen, Browser; diese Adresse einfügen und die unten gewählte Auflösung als Breite und Höhe nehmen.</translation>
    </message>
</context>
<context>
    <name>CameraChoice</name>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
    <message>
        <source>Refresh the list of virtual cameras</source>
        <translation>Liste der virtuellen Kameras aktualisieren</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;help&quot;&gt;No virtual camera found. How to get one&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;help&quot;&gt;Keine virtuelle Kamera gefunden. So bekommen Sie eine&lt;/a&gt;</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>{0} (not found)</source>
        <translation>{0} (nicht gefunden)</translation>
    </message>
    <message>
        <source>{0} is there now; press Refresh.</source>
        <translation>{0} ist jetzt da; klicken Sie auf „Aktualisieren“.</translation>
    </message>
</context>
<context>
    <name>Captures</name>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
</context>
<context>
    <name>ChoiceBox</name>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>cannot be listed: {error}</source>
        <translation>die Liste fehlt: {error}</translation>
    </message>
    <message>
        <source>{name} (not found)</source>
        <translation>{name} (nicht gefunden)</translation>
    </message>
</context>
<context>
    <name>Choices</name>
    <message>
        <source>No voice found; the page of plugins says why.</source>
        <translation>Keine Stimme gefunden; die Seite Plugins sagt, warum.</translation>
    </message>
    <message>
        <source>Add a person first.</source>
        <translation>Fügen Sie zuerst eine Person hinzu.</translation>
    </message>
</context>
<context>
    <name>Consent</name>
    <message>
        <source>It is &amp;me</source>
        <translation>Das bin &amp;ich</translation>
    </message>
    <message>
        <source>I am shown, and I want this.</source>
        <translation>Zu sehen bin ich, und ich möchte das.</translation>
    </message>
    <message>
        <source>Someone &amp;else, who agreed</source>
        <translation>&amp;Jemand anderes, der zugestimmt hat</translation>
    </message>
    <message>
        <source>N&amp;ot a real person (drawn or AI-generated)</source>
        <translation>Keine &amp;echte Person (gezeichnet oder KI-erzeugt)</translation>
    </message>
    <message>
        <source>&amp;I have this person&apos;s permission.</source>
        <translation>Ich habe die Er&amp;laubnis dieser Person.</translation>
    </message>
    <message>
        <source>Nobody real is shown.</source>
        <translation>Zu sehen ist niemand Echtes.</translation>
    </message>
    <message>
        <source>Who is shown, and how they agreed</source>
        <translation>Wer zu sehen ist, und wie die Person zugestimmt hat</translation>
    </message>
    <message>
        <source>Consent</source>
        <translation>Einwilligung</translation>
    </message>
</context>
<context>
    <name>DoctorPage</name>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Works with limits</source>
        <translation>Geht mit Einschränkungen</translation>
    </message>
    <message>
        <source>Not applicable</source>
        <translation>Nicht zutreffend</translation>
    </message>
    <message>
        <source>Run &amp;again</source>
        <translation>Erneut prü&amp;fen</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>Bericht &amp;kopieren</translation>
    </message>
    <message>
        <source>The report has been copied. It names neither you nor your devices.</source>
        <translation>Der Bericht wurde kopiert. Er nennt weder Sie noch Ihre Geräte.</translation>
    </message>
    <message>
        <source>{count} problems</source>
        <translation>{count} Probleme</translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation>1 Problem</translation>
    </message>
    <message>
        <source>All good</source>
        <translation>Alles in Ordnung</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>Wird geprüft …</translation>
    </message>
</context>
<context>
    <name>DropArea</name>
    <message>
        <source>Drop a photo to add a person, or a sound to speak it</source>
        <translation>Foto ablegen, um eine Person anzulegen, oder Ton, um ihn sprechen zu lassen</translation>
    </message>
</context>
<context>
    <name>FilmSoundChoice</name>
    <message>
        <source>AAC: plays everywhere</source>
        <translation>AAC: läuft überall</translation>
    </message>
    <message>
        <source>Lossless (FLAC): for editing and measuring</source>
        <translation>Verlustfrei (FLAC): zum Schneiden und Messen</translation>
    </message>
    <message>
        <source>Sound of recordings</source>
        <translation>Ton der Aufnahmen</translation>
    </message>
    <message>
        <source>Soun&amp;d</source>
        <translation>&amp;Ton</translation>
    </message>
    <message>
        <source>Lossless takes two to five times the space, and some players may stay silent.</source>
        <translation>Verlustfrei braucht zwei- bis fünfmal so viel Platz, und manche Programme bleiben vielleicht stumm.</translation>
    </message>
</context>
<context>
    <name>FolderChoice</name>
    <message>
        <source>Folder for recordings</source>
        <translation>Ordner für Aufnahmen</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Choose the folder for recordings</source>
        <translation>Ordner für Aufnahmen wählen</translation>
    </message>
    <message>
        <source>Open the folder with recordings</source>
        <translation>Ordner mit Aufnahmen öffnen</translation>
    </message>
    <message>
        <source>{folder} cannot be made ({reason}); choose another folder</source>
        <translation>{folder} lässt sich nicht anlegen ({reason}); wählen Sie einen anderen Ordner</translation>
    </message>
</context>
<context>
    <name>FramingTools</name>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Drag to move, scroll or pull a corner to zoom</source>
        <translation>Ziehen verschiebt; Scrollen oder Ziehen an einer Ecke zoomt</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
</context>
<context>
    <name>FramingView</name>
    <message>
        <source>Framing</source>
        <translation>Bildausschnitt</translation>
    </message>
    <message>
        <source>Arrow keys move, plus and minus zoom, 0 frames the face as a webcam would</source>
        <translation>Pfeiltasten verschieben, Plus und Minus zoomen, 0 rahmt das Gesicht wie eine Webcam</translation>
    </message>
    <message>
        <source>Drop a photo here</source>
        <translation>Ein Foto hierher ziehen</translation>
    </message>
</context>
<context>
    <name>GoingLive</name>
    <message>
        <source>{voice} has come to its end. Start again to hear it once more.</source>
        <translation>{voice} ist zu Ende. Starten Sie noch einmal, um alles wieder zu hören.</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Start or stop</source>
        <translation>Starten oder beenden</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Show the window</source>
        <translation>Fenster zeigen</translation>
    </message>
</context>
<context>
    <name>KeysHelp</name>
    <message>
        <source>Start or stop</source>
        <translation>Starten oder beenden</translation>
    </message>
    <message>
        <source>Mute or unmute</source>
        <translation>Stumm schalten oder nicht mehr</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>Pause oder weiter</translation>
    </message>
    <message>
        <source>Start or stop recording</source>
        <translation>Aufnahme beginnen oder beenden</translation>
    </message>
    <message>
        <source>Take a snapshot</source>
        <translation>Schnappschuss machen</translation>
    </message>
    <message>
        <source>Frame the picture (arrow keys, +, - and 0)</source>
        <translation>Ausschnitt wählen (Pfeiltasten, +, - und 0)</translation>
    </message>
    <message>
        <source>Mirror your preview</source>
        <translation>Ihre Vorschau spiegeln</translation>
    </message>
    <message>
        <source>Rename the person</source>
        <translation>Person umbenennen</translation>
    </message>
    <message>
        <source>Remove the person (can be undone)</source>
        <translation>Person entfernen (lässt sich zurücknehmen)</translation>
    </message>
    <message>
        <source>In the line below the picture: speak it</source>
        <translation>In der Zeile unter dem Bild: sprechen</translation>
    </message>
    <message>
        <source>In that line: say no more of it</source>
        <translation>In dieser Zeile: nichts mehr davon sagen</translation>
    </message>
    <message>
        <source>Show this list</source>
        <translation>Diese Liste zeigen</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>Close Understudy?</source>
        <translation>Understudy schließen?</translation>
    </message>
    <message>
        <source>You are live. Others will see the placeholder and hear nothing.</source>
        <translation>Sie sind live. Andere sehen dann den Platzhalter und hören nichts.</translation>
    </message>
    <message>
        <source>A recording is running. It will be ended and kept.</source>
        <translation>Eine Aufnahme läuft. Sie wird beendet und behalten.</translation>
    </message>
    <message>
        <source>Don&apos;t ask again</source>
        <translation>Nicht mehr fragen</translation>
    </message>
    <message>
        <source>Keep going</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>LevelMeter</name>
    <message>
        <source>Level of the voice</source>
        <translation>Pegel der Stimme</translation>
    </message>
    <message>
        <source>{0} dB</source>
        <translation>{0} dB</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Switch to this &amp;voice</source>
        <translation>Zu dieser Stimme &amp;wechseln</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Stimme</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
</context>
<context>
    <name>LiveState</name>
    <message>
        <source>Not live</source>
        <translation>Nicht live</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet …</translation>
    </message>
    <message>
        <source>Stopped by an error</source>
        <translation>Durch einen Fehler beendet</translation>
    </message>
</context>
<context>
    <name>LookStrip</name>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>Framing</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>AI label</source>
        <translation>KI-Kennzeichen</translation>
    </message>
    <message>
        <source>Mirrors your preview only; others see it unmirrored</source>
        <translation>Spiegelt nur Ihre Vorschau; andere sehen das Bild ungespiegelt</translation>
    </message>
    <message>
        <source>Drag the picture to move it, scroll to zoom; arrow keys, +, - and 0 do too</source>
        <translation>Bild ziehen zum Verschieben, scrollen zum Zoomen; auch mit Pfeiltasten, +, - und 0</translation>
    </message>
    <message>
        <source>Whether the picture says “AI-generated”, and where</source>
        <translation>Ob und wo im Bild „KI-erzeugt“ steht</translation>
    </message>
    <message>
        <source>Show “AI-generated” in the picture</source>
        <translation>„KI-erzeugt“ im Bild zeigen</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>Stop to change the label</source>
        <translation>Zum Ändern des Kennzeichens erst beenden</translation>
    </message>
</context>
<context>
    <name>MicrophoneGain</name>
    <message>
        <source>Microphone gain</source>
        <translation>Mikrofonverstärkung</translation>
    </message>
    <message>
        <source>Speak: the level should pass the first line, not the second</source>
        <translation>Sprechen Sie: der Pegel soll über die erste Linie reichen, nicht über die zweite</translation>
    </message>
    <message>
        <source>Reset the gain</source>
        <translation>Verstärkung zurücksetzen</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Verstärkung</translation>
    </message>
    <message>
        <source>{0} dB</source>
        <translation>{0} dB</translation>
    </message>
</context>
<context>
    <name>MutedSpeech</name>
    <message>
        <source>You&apos;re muted: nobody hears this. Press Ctrl+M to unmute.</source>
        <translation>Sie sind stumm: Niemand hört das. Strg+M schaltet den Ton wieder ein.</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>ObsOffer</name>
    <message>
        <source>Add to OBS</source>
        <translation>Zu OBS hinzufügen</translation>
    </message>
    <message>
        <source>Password (in OBS: Tools, WebSocket Server Settings)</source>
        <translation>Passwort (in OBS: Werkzeuge, WebSocket-Server-Einstellungen)</translation>
    </message>
    <message>
        <source>Password of OBS&apos;s WebSocket server</source>
        <translation>Passwort des WebSocket-Servers von OBS</translation>
    </message>
    <message>
        <source>OBS shows it in the scene {scene}.</source>
        <translation>OBS zeigt es in der Szene {scene}.</translation>
    </message>
    <message>
        <source>OBS could not be asked; the log says why.</source>
        <translation>OBS ließ sich nicht fragen; das Protokoll sagt, warum.</translation>
    </message>
</context>
<context>
    <name>OutputsPage</name>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Recordings and snapshots</source>
        <translation>Aufnahmen und Schnappschüsse</translation>
    </message>
    <message>
        <source>Black behind the person: only the OBS page can be transparent.</source>
        <translation>Hinter der Person ist es schwarz: nur die OBS-Seite kann durchsichtig sein.</translation>
    </message>
    <message>
        <source>{0} (camera)</source>
        <translation>{0} (Kamera)</translation>
    </message>
    <message>
        <source>OBS page</source>
        <translation>OBS-Seite</translation>
    </message>
    <message>
        <source>“AI-generated” label</source>
        <translation>Kennzeichen „KI-erzeugt“</translation>
    </message>
    <message>
        <source>{0} (microphone)</source>
        <translation>{0} (Mikrofon)</translation>
    </message>
    <message>
        <source>silent here</source>
        <translation>hier stumm</translation>
    </message>
    <message>
        <source>heard here on {0}</source>
        <translation>hier zu hören über {0}</translation>
    </message>
</context>
<context>
    <name>PathChooser</name>
    <message>
        <source>No file chosen</source>
        <translation>Keine Datei gewählt</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose: {what}</source>
        <translation>Wählen: {what}</translation>
    </message>
</context>
<context>
    <name>People</name>
    <message>
        <source>Person to show</source>
        <translation>Gezeigte Person</translation>
    </message>
    <message>
        <source>&amp;Add…</source>
        <translation>&amp;Neu …</translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>Bea&amp;rbeiten …</translation>
    </message>
    <message>
        <source>&amp;More</source>
        <translation>&amp;Mehr</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}</source>
        <translation>{0} lässt sich nicht lesen: {1}</translation>
    </message>
    <message>
        <source>Yours</source>
        <translation>Eigene</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>The folder</source>
        <translation>Der Ordner</translation>
    </message>
    <message>
        <source>&amp;Edit a copy…</source>
        <translation>&amp;Kopie bearbeiten …</translation>
    </message>
</context>
<context>
    <name>PeopleMenu</name>
    <message>
        <source>Re&amp;name</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Duplicate</source>
        <translation>&amp;Duplizieren</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;xportieren …</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren …</translation>
    </message>
    <message>
        <source>Export person</source>
        <translation>Person exportieren</translation>
    </message>
    <message>
        <source>Import person</source>
        <translation>Person importieren</translation>
    </message>
    <message>
        <source>People (*{0})</source>
        <translation>Personen (*{0})</translation>
    </message>
    <message>
        <source>Remove person</source>
        <translation>Person entfernen</translation>
    </message>
    <message>
        <source>{0} was removed. &lt;a href=&quot;undo&quot;&gt;Undo&lt;/a&gt;</source>
        <translation>{0} wurde entfernt. &lt;a href=&quot;undo&quot;&gt;Rückgängig&lt;/a&gt;</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>PhotoCard</name>
    <message>
        <source>Looking for the face…</source>
        <translation>Das Gesicht wird gesucht …</translation>
    </message>
    <message>
        <source>Photo {0}</source>
        <translation>Foto {0}</translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation>{0} entfernen</translation>
    </message>
    <message>
        <source>Cannot be used. {0}</source>
        <translation>Nicht verwendbar. {0}</translation>
    </message>
    <message>
        <source>Usable. For better results:</source>
        <translation>Brauchbar. Noch besser wird es so:</translation>
    </message>
    <message>
        <source>Great photo.</source>
        <translation>Sehr gutes Foto.</translation>
    </message>
</context>
<context>
    <name>Photos</name>
    <message>
        <source>Choose p&amp;hotos…</source>
        <translation>Fo&amp;tos wählen …</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>Ein&amp;fügen</translation>
    </message>
    <message>
        <source>&amp;Webcam…</source>
        <translation>&amp;Webcam …</translation>
    </message>
    <message>
        <source>Paste a photo</source>
        <translation>Ein Foto einfügen</translation>
    </message>
    <message>
        <source>Take a photo with the webcam</source>
        <translation>Ein Foto mit der Webcam machen</translation>
    </message>
    <message>
        <source>… or drop photos here. One front-facing photo is enough; another one that shows your teeth makes the mouth yours.</source>
        <translation>… oder Fotos hier ablegen. Ein Foto von vorn genügt; ein zweites, das Ihre Zähne zeigt, macht den Mund zu Ihrem.</translation>
    </message>
    <message>
        <source>There is no photo on the clipboard: copy one first.</source>
        <translation>In der Zwischenablage ist kein Foto: kopieren Sie erst eines.</translation>
    </message>
    <message>
        <source>Photos of one person</source>
        <translation>Fotos einer Person</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)</source>
        <translation>Bilder (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)</translation>
    </message>
</context>
<context>
    <name>PictureChoice</name>
    <message>
        <source>{0} fps</source>
        <translation>{0} Bilder/s</translation>
    </message>
    <message>
        <source>30 looks smoother, with a little more delay and load</source>
        <translation>30 wirkt flüssiger, mit etwas mehr Verzögerung und Last</translation>
    </message>
    <message>
        <source>Frame rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>Resol&amp;ution</source>
        <translation>A&amp;uflösung</translation>
    </message>
    <message>
        <source>&amp;Frame rate</source>
        <translation>Bild&amp;rate</translation>
    </message>
    <message>
        <source>F&amp;raming</source>
        <translation>Aus&amp;schnitt</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Auflösung</translation>
    </message>
    <message>
        <source>Framing of the photo</source>
        <translation>Ausschnitt des Fotos</translation>
    </message>
    <message>
        <source>Head and shoulders (or the person&apos;s own framing)</source>
        <translation>Kopf und Schultern (oder der eigene Ausschnitt der Person)</translation>
    </message>
    <message>
        <source>Whole photo, edges extended</source>
        <translation>Ganzes Foto, Ränder fortgesetzt</translation>
    </message>
    <message>
        <source>Whole photo, letterboxed</source>
        <translation>Ganzes Foto, mit Balken</translation>
    </message>
    <message>
        <source>Photo cropped to fill the picture</source>
        <translation>Foto beschnitten, füllt das Bild</translation>
    </message>
</context>
<context>
    <name>PluginCard</name>
    <message>
        <source>Use the plugin {title}</source>
        <translation>Das Plugin {title} benutzen</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Options of {title}</source>
        <translation>Optionen von {title}</translation>
    </message>
</context>
<context>
    <name>PluginsPage</name>
    <message>
        <source>Voices</source>
        <translation>Stimmen</translation>
    </message>
    <message>
        <source>Re&amp;fresh</source>
        <translation>Aktuali&amp;sieren</translation>
    </message>
    <message>
        <source>Places where people are kept</source>
        <translation>Orte, an denen Personen liegen</translation>
    </message>
    <message>
        <source>Voice plugins. Unused ones aren&apos;t loaded.</source>
        <translation>Plugins für Stimmen. Unbenutzte werden nicht geladen.</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;{0}&quot;&gt;How to write one in a few lines&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;{0}&quot;&gt;Wie man in wenigen Zeilen eines schreibt&lt;/a&gt;</translation>
    </message>
    <message>
        <source>{name}, from {package} {version}</source>
        <translation>{name}, aus {package} {version}</translation>
    </message>
    <message>
        <source>It cannot be used: {error}. Look for a newer version of its package; everything else works without it.</source>
        <translation>Es kann nicht verwendet werden: {error}. Suchen Sie nach einer neueren Version seines Pakets; alles andere funktioniert auch ohne.</translation>
    </message>
    <message>
        <source>It cannot be loaded: {error} ({kind}). Look for a newer version of its package, or switch it off; everything else works without it.</source>
        <translation>Es lässt sich nicht laden: {error} ({kind}). Suchen Sie nach einer neueren Version des Pakets, oder schalten Sie es ab; alles andere geht auch ohne.</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>Stay in the tray when the window is closed</source>
        <translation>Im Infobereich weiterlaufen, wenn das Fenster geschlossen wird</translation>
    </message>
    <message>
        <source>The language changes when you stop.</source>
        <translation>Die Sprache wechselt, wenn Sie beenden.</translation>
    </message>
    <message>
        <source>Ask before closing while live or recording</source>
        <translation>Vor dem Schließen fragen, wenn live oder Aufnahme läuft</translation>
    </message>
    <message>
        <source>Shown once you&apos;re live.</source>
        <translation>Wird angezeigt, sobald Sie starten.</translation>
    </message>
    <message>
        <source>Same as system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Global shortcuts</source>
        <translation>Globale Tastenkürzel</translation>
    </message>
    <message>
        <source>T&amp;heme</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>They work in any app. Press Delete to clear.</source>
        <translation>Sie wirken in jedem Programm. Entf löscht ein Kürzel.</translation>
    </message>
    <message>
        <source>Global shortcut: {deed}</source>
        <translation>Globales Tastenkürzel: {deed}</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Bilderzeugung</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation>Sp&amp;rache</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>This system gives programs no global keys. In its keyboard settings, bind keys to the commands “understudy --tell mute”, “pause”, “toggle” or “show”.</source>
        <translation>Dieses System gibt Programmen keine globalen Tasten. Legen Sie in seinen Tastatureinstellungen Tasten auf die Befehle „understudy --tell mute“, „pause“, „toggle“ oder „show“.</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>Live picture</source>
        <translation>Live-Bild</translation>
    </message>
</context>
<context>
    <name>ProfileDialog</name>
    <message>
        <source>Edit {0}</source>
        <translation>{0} bearbeiten</translation>
    </message>
    <message>
        <source>New person</source>
        <translation>Neue Person</translation>
    </message>
    <message>
        <source>Shown in the list</source>
        <translation>Erscheint in der Liste</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Reset f&amp;raming</source>
        <translation>Ausschnitt zu&amp;rücksetzen</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Wird vorbereitet …</translation>
    </message>
    <message>
        <source>&amp;Try a sentence</source>
        <translation>Einen Satz aus&amp;probieren</translation>
    </message>
    <message>
        <source>Drop a photo here</source>
        <translation>Ein Foto hierher ziehen</translation>
    </message>
    <message>
        <source>Looking for the face…</source>
        <translation>Das Gesicht wird gesucht …</translation>
    </message>
    <message>
        <source>This photo cannot be used; take another one.</source>
        <translation>Dieses Foto ist nicht verwendbar; nehmen Sie ein anderes.</translation>
    </message>
    <message>
        <source>Still needed: {what}</source>
        <translation>Noch nötig: {what}</translation>
    </message>
    <message>
        <source>a photo</source>
        <translation>ein Foto</translation>
    </message>
    <message>
        <source>checking the photo…</source>
        <translation>das Foto wird geprüft …</translation>
    </message>
    <message>
        <source>remove the photos that can&apos;t be used</source>
        <translation>die unbrauchbaren Fotos entfernen</translation>
    </message>
    <message>
        <source>who is shown</source>
        <translation>wer gezeigt wird</translation>
    </message>
    <message>
        <source>their permission</source>
        <translation>deren Erlaubnis</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>Be&amp;enden</translation>
    </message>
    <message>
        <source>a name</source>
        <translation>ein Name</translation>
    </message>
    <message>
        <source>Not given yet; seen before saving.</source>
        <translation>Noch nicht gegeben; vor dem Speichern angesehen.</translation>
    </message>
    <message>
        <source>Stop what is live first: one person can speak at a time.</source>
        <translation>Beenden Sie zuerst, was live ist: Es kann nur eine Person auf einmal sprechen.</translation>
    </message>
    <message>
        <source>The photos, and what is found in them, stay on this computer.</source>
        <translation>Die Fotos und was in ihnen gefunden wird, bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Drag to move, scroll to zoom.</source>
        <translation>Ziehen verschiebt, Scrollen zoomt.</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>Who is shown?</source>
        <translation>Wer ist zu sehen?</translation>
    </message>
</context>
<context>
    <name>ProfileImport</name>
    <message>
        <source>Reading {0}…</source>
        <translation>{0} wird gelesen …</translation>
    </message>
</context>
<context>
    <name>Reason</name>
    <message>
        <source>{file}: {why}; make room there, or let yourself write there</source>
        <translation>{file}: {why}; schaffen Sie dort Platz, oder geben Sie sich dort Schreibrecht</translation>
    </message>
</context>
<context>
    <name>RecordButton</name>
    <message>
        <source>Recorded: {0}</source>
        <translation>Aufgenommen: {0}</translation>
    </message>
    <message>
        <source>Stop recording {time}</source>
        <translation>Aufnahme beenden {time}</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>{folder} cannot be made ({reason}); choose another folder</source>
        <translation>{folder} lässt sich nicht anlegen ({reason}); wählen Sie einen anderen Ordner</translation>
    </message>
</context>
<context>
    <name>Rehearsal</name>
    <message>
        <source>Hello! This is how I look when I speak.</source>
        <translation>Hallo! So sehe ich aus, wenn ich spreche.</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>(from RPM Fusion: enable it first, see rpmfusion.org/Configuration)</source>
        <translation>(aus RPM Fusion: vorher einschalten, siehe rpmfusion.org/Configuration)</translation>
    </message>
    <message>
        <source>; Secure Boot is on, so the module must be signed with a key that the computer knows: confirm the key (MOK) when the installation or the next start asks for it, or switch Secure Boot off</source>
        <translation>; Secure Boot ist an, das Modul muss also mit einem Schlüssel signiert sein, den der Computer kennt: Bestätigen Sie den Schlüssel (MOK), wenn die Installation oder der nächste Start danach fragt, oder schalten Sie Secure Boot aus</translation>
    </message>
    <message>
        <source>a container has no kernel modules of its own</source>
        <translation>ein Container hat keine eigenen Kernel-Module</translation>
    </message>
    <message>
        <source>ALSA&apos;s bridge to the sound server</source>
        <translation>die Brücke von ALSA zum Tonserver</translation>
    </message>
    <message>
        <source>an NVIDIA card without its driver</source>
        <translation>eine NVIDIA-Karte ohne ihren Treiber</translation>
    </message>
    <message>
        <source>an NVIDIA card, but PyTorch {0} is the build for processors only</source>
        <translation>eine NVIDIA-Karte, aber PyTorch {0} ist nur für Prozessoren gebaut</translation>
    </message>
    <message>
        <source>background: kind {0} is not one of {1}</source>
        <translation>Hintergrund: Die Art {0} gibt es nicht, nur {1}</translation>
    </message>
    <message>
        <source>badge: place {0} is not one of {1}</source>
        <translation>Kennzeichnung: Den Ort {0} gibt es nicht, nur {1}</translation>
    </message>
    <message>
        <source>badge: size {0} is not between 0.01 and 0.2</source>
        <translation>Kennzeichnung: Die Größe {0} liegt nicht zwischen 0,01 und 0,2</translation>
    </message>
    <message>
        <source>Begin again at the end.</source>
        <translation>Am Ende wieder von vorn beginnen.</translation>
    </message>
    <message>
        <source>a block of {0} samples is no multiple of the audio encoder&apos;s {1}</source>
        <translation>ein Block von {0} Abtastwerten ist kein Vielfaches der {1} des Ton-Encoders</translation>
    </message>
    <message>
        <source>a virtual microphone needs the free driver BlackHole:</source>
        <translation>ein virtuelles Mikrofon braucht den freien Treiber BlackHole:</translation>
    </message>
    <message>
        <source>a virtual microphone needs the free driver VB-Cable:</source>
        <translation>ein virtuelles Mikrofon braucht den kostenlosen Treiber VB-Cable:</translation>
    </message>
    <message>
        <source>a virtual microphone needs the library libpulse, which is missing:</source>
        <translation>ein virtuelles Mikrofon braucht die Bibliothek libpulse, und die fehlt:</translation>
    </message>
    <message>
        <source>add Ctrl or Alt</source>
        <translation>nehmen Sie Strg oder Alt dazu</translation>
    </message>
    <message>
        <source>allow it in the system&apos;s privacy settings, close other programs that use it, or choose another</source>
        <translation>erlauben Sie es in den Datenschutzeinstellungen des Systems, schließen Sie andere Programme, die es benutzen, oder wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>allow Understudy in the security software that guards its connections</source>
        <translation>erlauben Sie Understudy in der Sicherheitssoftware, die seine Verbindungen überwacht</translation>
    </message>
    <message>
        <source>another program has this key</source>
        <translation>ein anderes Programm hat diese Taste</translation>
    </message>
    <message>
        <source>another program is changing the people</source>
        <translation>ein anderes Programm ändert gerade die Personen</translation>
    </message>
    <message>
        <source>another program sends to {0} ({1}), or watches it at another size:</source>
        <translation>ein anderes Programm sendet an {0} ({1}) oder sieht es in anderer Größe:</translation>
    </message>
    <message>
        <source>ask for a new copy</source>
        <translation>bitten Sie um eine neue Kopie</translation>
    </message>
    <message>
        <source>Audio file</source>
        <translation>Tondatei</translation>
    </message>
    <message>
        <source>Automatic (recommended)</source>
        <translation>Automatisch (empfohlen)</translation>
    </message>
    <message>
        <source>background: no picture is chosen</source>
        <translation>Hintergrund: Es ist kein Bild gewählt</translation>
    </message>
    <message>
        <source>background: {0} is no colour</source>
        <translation>Hintergrund: {0} ist keine Farbe</translation>
    </message>
    <message>
        <source>badge: there is nothing to read in {0}</source>
        <translation>Kennzeichnung: In {0} gibt es nichts zu lesen</translation>
    </message>
    <message>
        <source>bring it back and start again</source>
        <translation>holen Sie sie zurück, und starten Sie noch einmal</translation>
    </message>
    <message>
        <source>built-in profiles cannot be changed</source>
        <translation>mitgelieferte Personen lassen sich nicht ändern</translation>
    </message>
    <message>
        <source>cannot be used ({0})</source>
        <translation>lässt sich nicht benutzen ({0})</translation>
    </message>
    <message>
        <source>cannot read {0} samples at once from a ring of {1}</source>
        <translation>aus einem Ring von {1} lassen sich nicht {0} Abtastwerte auf einmal lesen</translation>
    </message>
    <message>
        <source>choose 1 or more</source>
        <translation>Wählen Sie 1 oder mehr</translation>
    </message>
    <message>
        <source>choose a file</source>
        <translation>wählen Sie eine Datei</translation>
    </message>
    <message>
        <source>choose a JPEG or PNG file.</source>
        <translation>wählen Sie eine JPEG- oder PNG-Datei.</translation>
    </message>
    <message>
        <source>choose a person&apos;s file</source>
        <translation>wählen Sie die Datei einer Person</translation>
    </message>
    <message>
        <source>choose a picture in it.</source>
        <translation>wählen Sie ein Bild darin.</translation>
    </message>
    <message>
        <source>choose a sound file</source>
        <translation>wählen Sie eine Tondatei</translation>
    </message>
    <message>
        <source>choose a whole copy of it</source>
        <translation>wählen Sie eine unbeschädigte Kopie davon</translation>
    </message>
    <message>
        <source>choose another</source>
        <translation>wählen Sie ein anderes Gerät</translation>
    </message>
    <message>
        <source>choose another block size</source>
        <translation>wählen Sie eine andere Blockgröße</translation>
    </message>
    <message>
        <source>choose another file</source>
        <translation>wählen Sie eine andere Datei</translation>
    </message>
    <message>
        <source>choose another file, or raise the gain</source>
        <translation>wählen Sie eine andere Datei, oder erhöhen Sie die Verstärkung</translation>
    </message>
    <message>
        <source>choose another folder</source>
        <translation>wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>Choose another microphone.</source>
        <translation>Wählen Sie ein anderes Mikrofon.</translation>
    </message>
    <message>
        <source>choose another one</source>
        <translation>wählen Sie eine andere</translation>
    </message>
    <message>
        <source>choose another output for them in the system&apos;s sound settings</source>
        <translation>wählen Sie in den Toneinstellungen des Systems eine andere Ausgabe für sie</translation>
    </message>
    <message>
        <source>choose another picture.</source>
        <translation>wählen Sie ein anderes Bild.</translation>
    </message>
    <message>
        <source>choose at most 3840x2160</source>
        <translation>wählen Sie höchstens 3840x2160</translation>
    </message>
    <message>
        <source>choose at most 4K</source>
        <translation>wählen Sie höchstens 4K</translation>
    </message>
    <message>
        <source>choose one from the list</source>
        <translation>wählen Sie eine aus der Liste</translation>
    </message>
    <message>
        <source>choose one of: {0}</source>
        <translation>wählen Sie unter: {0}</translation>
    </message>
    <message>
        <source>close it, or load v4l2loopback with a second device (devices=2)</source>
        <translation>Schließen Sie es, oder laden Sie v4l2loopback mit einem zweiten Gerät (devices=2)</translation>
    </message>
    <message>
        <source>Close other programs, plug the computer in, and choose the power mode for best performance; then run this check again while nothing is live.</source>
        <translation>Schließen Sie andere Programme, stecken Sie den Computer an, und wählen Sie den Energiemodus für beste Leistung; prüfen Sie dann erneut, während nichts live ist.</translation>
    </message>
    <message>
        <source>Close programs that use it.</source>
        <translation>Schließen Sie die Programme, die sie benutzen.</translation>
    </message>
    <message>
        <source>Close programs that use the graphics card.</source>
        <translation>Schließen Sie Programme, die die Grafikkarte benutzen.</translation>
    </message>
    <message>
        <source>Close the other programs that use it and run this check again; if it stays so, restart the computer.</source>
        <translation>Schließen Sie die anderen Programme, die es benutzen, und prüfen Sie erneut; bleibt es so, starten Sie den Computer neu.</translation>
    </message>
    <message>
        <source>close the programs that use it, and allow the camera in the system&apos;s privacy settings</source>
        <translation>Schließen Sie die Programme, die sie benutzen, und erlauben Sie die Kamera in den Datenschutzeinstellungen des Systems</translation>
    </message>
    <message>
        <source>close the programs that use it, and start again</source>
        <translation>Schließen Sie die Programme, die sie benutzen, und starten Sie noch einmal</translation>
    </message>
    <message>
        <source>close the programs that use it, and try again</source>
        <translation>Schließen Sie die Programme, die sie benutzen, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>connect one, or choose another</source>
        <translation>schließen Sie eine an, oder wählen Sie eine andere</translation>
    </message>
    <message>
        <source>connect one, or choose another voice</source>
        <translation>schließen Sie eines an, oder wählen Sie eine andere Stimme</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>Delete .venv and run `python start.py`.</source>
        <translation>Löschen Sie .venv, und führen Sie `python start.py` aus.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>en-us</source>
        <translation>de</translation>
    </message>
    <message>
        <source>Engine speed</source>
        <translation>Tempo der Bilderzeugung</translation>
    </message>
    <message>
        <source>export it as JPEG and choose that file.</source>
        <translation>exportieren Sie es als JPEG, und wählen Sie diese Datei.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>der Dateiname ist zu lang</translation>
    </message>
    <message>
        <source>Folder of profiles</source>
        <translation>Ordner der Personen</translation>
    </message>
    <message>
        <source>Folder of recordings</source>
        <translation>Ordner der Aufnahmen</translation>
    </message>
    <message>
        <source>frame for sample {0}: not among the last {1} fed</source>
        <translation>Bild zum Abtastwert {0}: nicht unter den letzten {1}</translation>
    </message>
    <message>
        <source>framing: fit {0} is not one of {1}</source>
        <translation>Ausschnitt: Die Einpassung {0} gibt es nicht, nur {1}</translation>
    </message>
    <message>
        <source>framing: middle ({0}, {1}) is not inside the picture</source>
        <translation>Ausschnitt: Die Mitte ({0}, {1}) liegt nicht im Bild</translation>
    </message>
    <message>
        <source>framing: zoom {0} is not between 1 and 8</source>
        <translation>Ausschnitt: Der Zoom {0} liegt nicht zwischen 1 und 8</translation>
    </message>
    <message>
        <source>free it, or choose another</source>
        <translation>geben Sie es frei, oder wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>free some space</source>
        <translation>geben Sie Platz frei</translation>
    </message>
    <message>
        <source>Free {0} on the disk that holds {1}.</source>
        <translation>Geben Sie {0} auf dem Datenträger frei, auf dem {1} liegt.</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Verstärkung</translation>
    </message>
    <message>
        <source>give 1 to {0}</source>
        <translation>geben Sie ihm 1 bis {0}</translation>
    </message>
    <message>
        <source>Give the container the socket of the sound server outside, and set PULSE_SERVER.</source>
        <translation>Geben Sie dem Container den Socket des Tonservers draußen, und setzen Sie PULSE_SERVER.</translation>
    </message>
    <message>
        <source>give the recording another name</source>
        <translation>geben Sie der Aufnahme einen anderen Namen</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>Grafikkarte</translation>
    </message>
    <message>
        <source>Hello! I am your understudy, and I speak your lines while you watch.</source>
        <translation>Hallo! Ich springe für Sie ein und spreche Ihren Text, während Sie zuschauen.</translation>
    </message>
    <message>
        <source>In Firefox, open about:config and set media.webrtc.camera.allow-pipewire to false</source>
        <translation>Öffnen Sie in Firefox about:config, und setzen Sie media.webrtc.camera.allow-pipewire auf false</translation>
    </message>
    <message>
        <source>in its keyboard settings, bind a key to the command `understudy --tell {0}`</source>
        <translation>legen Sie in ihren Tastatureinstellungen eine Taste auf den Befehl `understudy --tell {0}`</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>der Datenträger meldet einen Fehler</translation>
    </message>
    <message>
        <source>Install and load v4l2loopback outside, and give the container /dev/video*.</source>
        <translation>Installieren und laden Sie v4l2loopback draußen, und geben Sie dem Container /dev/video*.</translation>
    </message>
    <message>
        <source>it did not answer in time</source>
        <translation>es hat nicht rechtzeitig geantwortet</translation>
    </message>
    <message>
        <source>it does not ask for any</source>
        <translation>Es fragt nach keinem</translation>
    </message>
    <message>
        <source>it is damaged or of an unknown kind</source>
        <translation>sie ist beschädigt oder von unbekannter Art</translation>
    </message>
    <message>
        <source>it is in use by another program, switched off, or blocked by the system&apos;s privacy settings</source>
        <translation>ein anderes Programm benutzt es, es ist ausgeschaltet, oder die Datenschutzeinstellungen des Systems sperren es</translation>
    </message>
    <message>
        <source>it is larger than {0} bytes</source>
        <translation>Sie hat mehr als {0} Bytes</translation>
    </message>
    <message>
        <source>it is no file</source>
        <translation>Es ist keine Datei</translation>
    </message>
    <message>
        <source>it is not there any more</source>
        <translation>es ist nicht mehr da</translation>
    </message>
    <message>
        <source>it is tried again every two seconds, or choose another</source>
        <translation>Es wird alle zwei Sekunden wieder versucht, oder wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>it offers no channel that can be used</source>
        <translation>es bietet keinen brauchbaren Kanal</translation>
    </message>
    <message>
        <source>it opens, but gives no sound within {0} seconds</source>
        <translation>es lässt sich öffnen, liefert aber {0} Sekunden lang keinen Ton</translation>
    </message>
    <message>
        <source>it refused every sample rate</source>
        <translation>es hat jede Abtastrate abgelehnt</translation>
    </message>
    <message>
        <source>it was unplugged, switched off or taken by another program</source>
        <translation>Es wurde abgezogen, ausgeschaltet oder von einem anderen Programm belegt</translation>
    </message>
    <message>
        <source>its sound is of an unknown kind</source>
        <translation>sein Ton ist von unbekannter Art</translation>
    </message>
    <message>
        <source>Keep running after the text ends</source>
        <translation>Nach dem Text weiterlaufen</translation>
    </message>
    <message>
        <source>name the recording NAME.mp4</source>
        <translation>nennen Sie die Aufnahme NAME.mp4</translation>
    </message>
    <message>
        <source>no audio file is chosen</source>
        <translation>es ist keine Tondatei gewählt</translation>
    </message>
    <message>
        <source>no known app is blocked from using virtual cameras</source>
        <translation>kein bekanntes Programm ist von virtuellen Kameras ausgesperrt</translation>
    </message>
    <message>
        <source>no microphone was found</source>
        <translation>es wurde kein Mikrofon gefunden</translation>
    </message>
    <message>
        <source>no more sound comes from {0}: it was unplugged, switched off or taken by another program</source>
        <translation>von {0} kommt kein Ton mehr: Es wurde abgezogen, ausgeschaltet oder von einem anderen Programm belegt</translation>
    </message>
    <message>
        <source>no page can be served on this computer ({0})</source>
        <translation>auf diesem Computer lässt sich keine Seite bereitstellen ({0})</translation>
    </message>
    <message>
        <source>No sound comes from the voice; the picture goes on without it.</source>
        <translation>Von der Stimme kommt kein Ton; das Bild läuft ohne sie weiter.</translation>
    </message>
    <message>
        <source>no sound output was found</source>
        <translation>es wurde keine Tonausgabe gefunden</translation>
    </message>
    <message>
        <source>no sound server answers:</source>
        <translation>kein Tonserver antwortet:</translation>
    </message>
    <message>
        <source>no trained avatar model here</source>
        <translation>hier ist kein trainiertes Avatarmodell</translation>
    </message>
    <message>
        <source>no virtual camera was found:</source>
        <translation>es wurde keine virtuelle Kamera gefunden:</translation>
    </message>
    <message>
        <source>nothing is typed</source>
        <translation>es ist nichts geschrieben</translation>
    </message>
    <message>
        <source>OBS Virtual Camera is in use:</source>
        <translation>die virtuelle Kamera von OBS ist belegt:</translation>
    </message>
    <message>
        <source>other programs play into the {0}: {1}</source>
        <translation>andere Programme spielen in {0}: {1}</translation>
    </message>
    <message>
        <source>profile {0} has {1} reference pictures</source>
        <translation>das Profil {0} hat {1} Bilder</translation>
    </message>
    <message>
        <source>profile {0} names no consent</source>
        <translation>das Profil {0} nennt keine Einwilligung</translation>
    </message>
    <message>
        <source>profile.json cannot be read ({0})</source>
        <translation>profile.json kann nicht gelesen werden ({0})</translation>
    </message>
    <message>
        <source>put a whole one in its place, or remove it</source>
        <translation>legen Sie ein heiles an seine Stelle, oder entfernen Sie es</translation>
    </message>
    <message>
        <source>Run `{0}`, then `{1}`.</source>
        <translation>Führen Sie `{0}` aus, dann `{1}`.</translation>
    </message>
    <message>
        <source>Run `{0}`.</source>
        <translation>Führen Sie `{0}` aus.</translation>
    </message>
    <message>
        <source>run brew install blackhole-2ch, and look again</source>
        <translation>Führen Sie brew install blackhole-2ch aus, und suchen Sie noch einmal</translation>
    </message>
    <message>
        <source>run pip install pulsectl</source>
        <translation>Führen Sie pip install pulsectl aus</translation>
    </message>
    <message>
        <source>run pip install pyvirtualcam</source>
        <translation>Führen Sie pip install pyvirtualcam aus</translation>
    </message>
    <message>
        <source>run sudo modprobe -r v4l2loopback, then {0}</source>
        <translation>Führen Sie sudo modprobe -r v4l2loopback aus, dann {0}</translation>
    </message>
    <message>
        <source>run sudo usermod -aG video $USER, then log out and in again</source>
        <translation>Führen Sie sudo usermod -aG video $USER aus, dann melden Sie sich ab und wieder an</translation>
    </message>
    <message>
        <source>run systemctl --user start pipewire-pulse wireplumber (Debian, Ubuntu: sudo apt install pipewire-pulse wireplumber, if they are missing), or pulseaudio --start</source>
        <translation>Führen Sie systemctl --user start pipewire-pulse wireplumber aus (Debian, Ubuntu: sudo apt install pipewire-pulse wireplumber, falls sie fehlen), oder pulseaudio --start</translation>
    </message>
    <message>
        <source>save it as JPEG and choose that file.</source>
        <translation>speichern Sie es als JPEG und wählen Sie diese Datei.</translation>
    </message>
    <message>
        <source>save the sound as a file and choose that</source>
        <translation>speichern Sie den Ton als Datei und wählen Sie diese</translation>
    </message>
    <message>
        <source>see its own page</source>
        <translation>siehe dessen eigene Seite</translation>
    </message>
    <message>
        <source>set it to 48000 Hz in the system&apos;s sound settings</source>
        <translation>stellen Sie es in den Toneinstellungen des Systems auf 48000 Hz</translation>
    </message>
    <message>
        <source>somebody is speaking already</source>
        <translation>es spricht schon jemand</translation>
    </message>
    <message>
        <source>sound devices need the PortAudio library, which is missing:</source>
        <translation>Tongeräte brauchen die Bibliothek PortAudio, und die fehlt:</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>the engine failed ({0}), and the other one takes {1} samples at a time, which do not make {2}:</source>
        <translation>die Bilderzeugung ist ausgefallen ({0}), und die andere nimmt {1} Abtastwerte auf einmal, was nicht {2} ergibt:</translation>
    </message>
    <message>
        <source>the engine has been closed</source>
        <translation>die Bilderzeugung wurde beendet</translation>
    </message>
    <message>
        <source>the engine has not answered for {0} seconds</source>
        <translation>die Bilderzeugung antwortet seit {0} Sekunden nicht</translation>
    </message>
    <message>
        <source>the engine is closed</source>
        <translation>die Bilderzeugung ist beendet</translation>
    </message>
    <message>
        <source>The face is only {0} pixels high</source>
        <translation>Das Gesicht ist nur {0} Pixel hoch</translation>
    </message>
    <message>
        <source>the module v4l2loopback is loaded but has no device:</source>
        <translation>das Modul v4l2loopback ist geladen, hat aber kein Gerät:</translation>
    </message>
    <message>
        <source>the package pulsectl is not installed:</source>
        <translation>das Paket pulsectl ist nicht installiert:</translation>
    </message>
    <message>
        <source>the package pyvirtualcam is not installed:</source>
        <translation>das Paket pyvirtualcam ist nicht installiert:</translation>
    </message>
    <message>
        <source>the plugin for microphones cannot be loaded ({0})</source>
        <translation>das Plugin für Mikrofone lässt sich nicht laden ({0})</translation>
    </message>
    <message>
        <source>the recording {0} broke off: {1}.</source>
        <translation>die Aufnahme {0} brach ab: {1}.</translation>
    </message>
    <message>
        <source>the sound server refused: {0}</source>
        <translation>der Tonserver hat abgelehnt: {0}</translation>
    </message>
    <message>
        <source>the sound system has a problem</source>
        <translation>das Tonsystem hat ein Problem</translation>
    </message>
    <message>
        <source>the system refused it</source>
        <translation>das System hat es verweigert</translation>
    </message>
    <message>
        <source>the virtual camera has been switched off</source>
        <translation>die virtuelle Kamera wurde ausgeschaltet</translation>
    </message>
    <message>
        <source>the virtual camera {0} does not answer any more:</source>
        <translation>die virtuelle Kamera {0} antwortet nicht mehr:</translation>
    </message>
    <message>
        <source>the virtual camera {0} does not answer:</source>
        <translation>die virtuelle Kamera {0} antwortet nicht:</translation>
    </message>
    <message>
        <source>the virtual camera {0} was lost ({1})</source>
        <translation>die virtuelle Kamera {0} ging verloren ({1})</translation>
    </message>
    <message>
        <source>the voice {0} cannot speak {1}</source>
        <translation>die Stimme {0} kann {1} nicht sprechen</translation>
    </message>
    <message>
        <source>the voices in {0} cannot be read</source>
        <translation>die Stimmen in {0} lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>the webcam cannot be opened:</source>
        <translation>die Webcam lässt sich nicht öffnen:</translation>
    </message>
    <message>
        <source>the {0} process has ended unexpectedly: {1}</source>
        <translation>der Prozess „{0}“ ist unerwartet zu Ende gegangen: {1}</translation>
    </message>
    <message>
        <source>the {0} {1} was not found</source>
        <translation>{0} {1} wurde nicht gefunden</translation>
    </message>
    <message>
        <source>there is no engine {0}</source>
        <translation>es gibt keine Bilderzeugung {0}</translation>
    </message>
    <message>
        <source>there is no file {0}</source>
        <translation>es gibt keine Datei {0}</translation>
    </message>
    <message>
        <source>there is no person to show</source>
        <translation>es gibt niemanden zu zeigen</translation>
    </message>
    <message>
        <source>there is no sound in it</source>
        <translation>darin ist kein Ton</translation>
    </message>
    <message>
        <source>there is no sound output {0}</source>
        <translation>es gibt keine Tonausgabe {0}</translation>
    </message>
    <message>
        <source>there is no trained avatar model:</source>
        <translation>es gibt kein trainiertes Avatar-Modell:</translation>
    </message>
    <message>
        <source>there is no virtual camera yet:</source>
        <translation>es gibt noch keine virtuelle Kamera:</translation>
    </message>
    <message>
        <source>there is no virtual camera {0}</source>
        <translation>es gibt keine virtuelle Kamera {0}</translation>
    </message>
    <message>
        <source>there is no voice {0}</source>
        <translation>es gibt keine Stimme {0}</translation>
    </message>
    <message>
        <source>there is nothing to speak in {0}</source>
        <translation>in {0} gibt es nichts zu sprechen</translation>
    </message>
    <message>
        <source>this desktop gives programs no global keys</source>
        <translation>diese Arbeitsumgebung gibt Programmen keine globalen Tasten</translation>
    </message>
    <message>
        <source>This picture shows {0} faces. Crop it to one person.</source>
        <translation>Dieses Bild zeigt {0} Gesichter. Schneiden Sie es auf eine Person zu.</translation>
    </message>
    <message>
        <source>this profile names no consent</source>
        <translation>dieses Profil nennt keine Einwilligung</translation>
    </message>
    <message>
        <source>type something to say first</source>
        <translation>schreiben Sie erst, was gesagt werden soll</translation>
    </message>
    <message>
        <source>Typed text</source>
        <translation>Geschriebener Text</translation>
    </message>
    <message>
        <source>virtual cameras need the kernel module v4l2loopback, which is not installed for kernel {0}:</source>
        <translation>virtuelle Kameras brauchen das Kernel-Modul v4l2loopback, das für den Kernel {0} nicht installiert ist:</translation>
    </message>
    <message>
        <source>WAV, FLAC, OGG, Opus, MP3, AIFF, M4A, MP4, MKV, WebM and WMA can: convert it to one of these</source>
        <translation>möglich sind WAV, FLAC, OGG, Opus, MP3, AIFF, M4A, MP4, MKV, WebM und WMA: wandeln Sie sie in eines davon um</translation>
    </message>
    <message>
        <source>you may not write to {0}:</source>
        <translation>Sie dürfen nicht in {0} schreiben:</translation>
    </message>
    <message>
        <source>your own avatar model {0} cannot be used: {1}</source>
        <translation>Ihr eigenes Avatarmodell {0} kann nicht benutzt werden: {1}</translation>
    </message>
    <message>
        <source>{0} alone would be missed in every other program</source>
        <translation>{0} allein würde in jedem anderen Programm fehlen</translation>
    </message>
    <message>
        <source>{0} and {1}</source>
        <translation>{0} und {1}</translation>
    </message>
    <message>
        <source>{0} cannot be played to: the sound server does not answer</source>
        <translation>an {0} lässt sich nichts abspielen: Der Tonserver antwortet nicht</translation>
    </message>
    <message>
        <source>{0} cannot be played to: {1}</source>
        <translation>an {0} lässt sich nichts abspielen: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be read ({1})</source>
        <translation>{0} kann nicht gelesen werden ({1})</translation>
    </message>
    <message>
        <source>{0} cannot be read as sound ({1})</source>
        <translation>{0} lässt sich nicht als Ton lesen ({1})</translation>
    </message>
    <message>
        <source>{0} cannot be used everywhere</source>
        <translation>{0} wirkt nicht überall</translation>
    </message>
    <message>
        <source>{0} cannot be used: {1} ({2})</source>
        <translation>{0} ist nicht zu gebrauchen: {1} ({2})</translation>
    </message>
    <message>
        <source>{0} cannot be written to {1} ({2})</source>
        <translation>{0} lässt sich nicht in {1} schreiben ({2})</translation>
    </message>
    <message>
        <source>{0} fps at 1280x720, {1} are needed: {2}</source>
        <translation>{0} Bilder pro Sekunde bei 1280x720, {1} sind nötig: {2}</translation>
    </message>
    <message>
        <source>{0} frames a second is no rate for video:</source>
        <translation>{0} Bilder pro Sekunde geben kein Video:</translation>
    </message>
    <message>
        <source>{0} gives no sound any more</source>
        <translation>{0} gibt keinen Ton mehr</translation>
    </message>
    <message>
        <source>{0} has become another file</source>
        <translation>{0} ist eine andere Datei geworden</translation>
    </message>
    <message>
        <source>{0} has more than {1} MB</source>
        <translation>{0} hat mehr als {1} MB</translation>
    </message>
    <message>
        <source>{0} has more than {1} megapixels</source>
        <translation>{0} hat mehr als {1} Megapixel</translation>
    </message>
    <message>
        <source>{0} If it only waits for speech, speak during the check.</source>
        <translation>{0} Wartet es nur auf Sprache, sprechen Sie während der Prüfung.</translation>
    </message>
    <message>
        <source>{0} is 0 seconds long</source>
        <translation>{0} ist 0 Sekunden lang</translation>
    </message>
    <message>
        <source>{0} is a device, not a file</source>
        <translation>{0} ist ein Gerät, keine Datei</translation>
    </message>
    <message>
        <source>{0} is a folder</source>
        <translation>{0} ist ein Ordner</translation>
    </message>
    <message>
        <source>{0} is a HEIC picture, which this program cannot read</source>
        <translation>{0} ist ein HEIC-Bild, das dieses Programm nicht lesen kann</translation>
    </message>
    <message>
        <source>{0} is a pipe or a device, which cannot be played</source>
        <translation>{0} ist eine Pipe oder ein Gerät und kann nicht abgespielt werden</translation>
    </message>
    <message>
        <source>{0} is damaged after {1} seconds, and was played to there</source>
        <translation>{0} ist nach {1} Sekunden beschädigt und wurde bis dorthin gespielt</translation>
    </message>
    <message>
        <source>{0} is gone:</source>
        <translation>{0} ist weg:</translation>
    </message>
    <message>
        <source>{0} is missing or damaged ({1})</source>
        <translation>{0} fehlt oder ist beschädigt ({1})</translation>
    </message>
    <message>
        <source>{0} is no file</source>
        <translation>{0} ist keine Datei</translation>
    </message>
    <message>
        <source>{0} is not a picture this program can read</source>
        <translation>{0} ist kein Bild, das dieses Programm lesen kann</translation>
    </message>
    <message>
        <source>{0} is not installed ({1}). To get it: {2}</source>
        <translation>{0} ist nicht installiert ({1}). So bekommt man es: {2}</translation>
    </message>
    <message>
        <source>{0} is not there any more</source>
        <translation>{0} ist nicht mehr da</translation>
    </message>
    <message>
        <source>{0} is silent</source>
        <translation>{0} ist stumm</translation>
    </message>
    <message>
        <source>{0} is too small ({1} x {2} pixels)</source>
        <translation>{0} ist zu klein ({1} x {2} Pixel)</translation>
    </message>
    <message>
        <source>{0} takes too long to look at</source>
        <translation>{0} anzusehen dauert zu lange</translation>
    </message>
    <message>
        <source>{0} was not saved in {1}: {2}</source>
        <translation>{0} wurde nicht in {1} gespeichert: {2}</translation>
    </message>
    <message>
        <source>{0}, then `{1}`, then `{2}`.</source>
        <translation>{0}, dann `{1}`, dann `{2}`.</translation>
    </message>
    <message>
        <source>{0}, then `{1}`.</source>
        <translation>{0}, dann `{1}`.</translation>
    </message>
    <message>
        <source>{0}: its table of movements is incomplete</source>
        <translation>{0}: Die Tabelle der Bewegungen ist unvollständig</translation>
    </message>
    <message>
        <source>{0}: {1} ms behind the picture · {2} dropouts · {3} s left out</source>
        <translation>{0}: {1} ms hinter dem Bild · {2} Aussetzer · {3} s ausgelassen</translation>
    </message>
    <message>
        <source>{0}x{1} is too large</source>
        <translation>{0}x{1} ist zu groß</translation>
    </message>
    <message>
        <source>{0}x{1} is too large for a virtual camera</source>
        <translation>{0}x{1} ist zu groß für eine virtuelle Kamera</translation>
    </message>
    <message>
        <source>a state goes from {0} to {1}; make it a tensor, or it stays</source>
        <translation>ein Zustand wird von {0} zu {1}; machen Sie ihn zu einem Tensor, sonst bleibt er stehen</translation>
    </message>
    <message>
        <source>choose one first</source>
        <translation>wählen Sie zuerst eine</translation>
    </message>
    <message>
        <source>choose the language they are in</source>
        <translation>wählen Sie die Sprache, in der sie sind</translation>
    </message>
    <message>
        <source>install it (sudo apt install libportaudio2 on Debian and Ubuntu, sudo dnf install portaudio on Fedora)</source>
        <translation>Installieren Sie sie (sudo apt install libportaudio2 unter Debian und Ubuntu, sudo dnf install portaudio unter Fedora)</translation>
    </message>
    <message>
        <source>install it (sudo apt install libpulse0 on Debian and Ubuntu, sudo dnf install pulseaudio-libs on Fedora)</source>
        <translation>Installieren Sie sie (sudo apt install libpulse0 unter Debian und Ubuntu, sudo dnf install pulseaudio-libs unter Fedora)</translation>
    </message>
    <message>
        <source>install it from vb-audio.com/Cable, restart the computer, and look again</source>
        <translation>Installieren Sie ihn von vb-audio.com/Cable, starten Sie den Computer neu, und suchen Sie noch einmal</translation>
    </message>
    <message>
        <source>install OBS Studio from obsproject.com and start it once; its virtual camera need not be switched on</source>
        <translation>Installieren Sie OBS Studio von obsproject.com, und starten Sie es einmal; seine virtuelle Kamera muss nicht eingeschaltet sein</translation>
    </message>
    <message>
        <source>Install what contains {0}</source>
        <translation>Installieren Sie, was {0} enthält</translation>
    </message>
    <message>
        <source>Install {0} as your system&apos;s handbook says</source>
        <translation>Installieren Sie {0}, wie es das Handbuch Ihres Systems sagt</translation>
    </message>
    <message>
        <source>is taken by another program</source>
        <translation>gehört einem anderen Programm</translation>
    </message>
    <message>
        <source>it could not be tested: {0}: {1}</source>
        <translation>es ließ sich nicht prüfen: {0}: {1}</translation>
    </message>
    <message>
        <source>it gave no reason</source>
        <translation>ohne einen Grund zu nennen</translation>
    </message>
    <message>
        <source>it hears: {0} dB under full scale at the loudest</source>
        <translation>es hört: am lautesten {0} dB unter Vollausschlag</translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation>es fehlt</translation>
    </message>
    <message>
        <source>It is too bright: avoid flash and direct sun.</source>
        <translation>Es ist zu hell: Vermeiden Sie Blitz und direkte Sonne.</translation>
    </message>
    <message>
        <source>It is too dark: turn towards a window or a lamp.</source>
        <translation>Es ist zu dunkel: Wenden Sie sich einem Fenster oder einer Lampe zu.</translation>
    </message>
    <message>
        <source>it opens, but gives digital silence: it is muted, or cuts out all that is not speech</source>
        <translation>es lässt sich öffnen, liefert aber digitale Stille: Es ist stummgeschaltet oder schneidet alles weg, was keine Sprache ist</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>let yourself read it, or choose another.</source>
        <translation>erlauben Sie sich, es zu lesen, oder wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>Linux sees no sound card: connect a microphone. If this is a virtual machine, give it a sound card.</source>
        <translation>Linux sieht keine Soundkarte: Schließen Sie ein Mikrofon an. Ist dies eine virtuelle Maschine, geben Sie ihr eine Soundkarte.</translation>
    </message>
    <message>
        <source>make one of your own</source>
        <translation>legen Sie eine eigene an</translation>
    </message>
    <message>
        <source>may not see a virtual camera: {0}</source>
        <translation>dürfen keine virtuelle Kamera sehen: {0}</translation>
    </message>
    <message>
        <source>Meeting programs</source>
        <translation>Besprechungsprogramme</translation>
    </message>
    <message>
        <source>mend or remove the folder {0}</source>
        <translation>reparieren oder entfernen Sie den Ordner {0}</translation>
    </message>
    <message>
        <source>microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>a part of what is live has ended itself ({0})</source>
        <translation>ein Teil der Übertragung hat sich selbst beendet ({0})</translation>
    </message>
    <message>
        <source>choose another voice</source>
        <translation>wählen Sie eine andere Stimme</translation>
    </message>
    <message>
        <source>choose another voice, or start again</source>
        <translation>wählen Sie eine andere Stimme oder starten Sie neu</translation>
    </message>
    <message>
        <source>close other programs, and start again</source>
        <translation>schließen Sie andere Programme und starten Sie neu</translation>
    </message>
    <message>
        <source>fetch it again, or choose the puppet</source>
        <translation>holen Sie es neu, oder wählen Sie die Puppe</translation>
    </message>
    <message>
        <source>from {0} on</source>
        <translation>ab {0}</translation>
    </message>
    <message>
        <source>heard at {0}</source>
        <translation>gehört bei {0}</translation>
    </message>
    <message>
        <source>it does not answer within {0} seconds</source>
        <translation>keine Antwort innerhalb von {0} Sekunden</translation>
    </message>
    <message>
        <source>it ends the program that loads it</source>
        <translation>es beendet das Programm, das es lädt</translation>
    </message>
    <message>
        <source>it gives no list of people</source>
        <translation>es liefert keine Liste von Personen</translation>
    </message>
    <message>
        <source>it has ended itself ({0})</source>
        <translation>es hat sich selbst beendet ({0})</translation>
    </message>
    <message>
        <source>it has failed ({0})</source>
        <translation>es ist gescheitert ({0})</translation>
    </message>
    <message>
        <source>If a part does not load, install a signed Setup; or turn it off in Windows Security, App &amp; browser control, which cannot be undone.</source>
        <translation>Lädt ein Teil nicht, ein signiertes Setup installieren; oder sie in Windows-Sicherheit, App- &amp; Browsersteuerung, abschalten, was nicht rückgängig zu machen ist.</translation>
    </message>
    <message>
        <source>A line for each word that is spoken otherwise, as in: GIF = jiff</source>
        <translation>Eine Zeile für jedes Wort, das anders gesprochen wird, wie: GIF = jiff</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Automatic takes the most natural voice there is for the language.</source>
        <translation>Automatisch nimmt die natürlichste Stimme, die es für die Sprache gibt.</translation>
    </message>
    <message>
        <source>Install the package rtkit, then log out and in again.</source>
        <translation>Installieren Sie das Paket rtkit, und melden Sie sich dann ab und wieder an.</translation>
    </message>
    <message>
        <source>it is off</source>
        <translation>sie ist aus</translation>
    </message>
    <message>
        <source>it is on: parts of a program that are not signed are blocked</source>
        <translation>sie ist an: Teile eines Programms, die nicht signiert sind, werden gesperrt</translation>
    </message>
    <message>
        <source>it only watches so far, and blocks nothing</source>
        <translation>sie schaut bisher nur zu und sperrt nichts</translation>
    </message>
    <message>
        <source>it opens {0}</source>
        <translation>es öffnet {0}</translation>
    </message>
    <message>
        <source>it says {0}, which is no message</source>
        <translation>er sagt {0}, und das ist keine Nachricht</translation>
    </message>
    <message>
        <source>it takes longer than {0} seconds to load</source>
        <translation>das Laden dauert länger als {0} Sekunden</translation>
    </message>
    <message>
        <source>it was ended by {0}</source>
        <translation>er wurde durch {0} beendet</translation>
    </message>
    <message>
        <source>it was left behind, and you can start again</source>
        <translation>sie wurde zurückgelassen, und Sie können neu starten</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>My profiles</source>
        <translation>Eigene Personen</translation>
    </message>
    <message>
        <source>another rank of the pipeline is gone: {0}</source>
        <translation>Ein anderer Prozess der Pipeline ist fort: {0}</translation>
    </message>
    <message>
        <source>choose the neural engine, or export the model with timestep forcing</source>
        <translation>wählen Sie „Neuronal“, oder exportieren Sie das Modell mit Timestep-Forcing</translation>
    </message>
    <message>
        <source>neural engine in {0} processes on {1}</source>
        <translation>neuronal, in {0} Prozessen auf {1}</translation>
    </message>
    <message>
        <source>Neural, each step in a process of its own: for several graphics cards</source>
        <translation>Neuronal, jeder Schritt in einem eigenen Prozess: für mehrere Grafikkarten</translation>
    </message>
    <message>
        <source>this model&apos;s steps cannot run apart: it looks back at finished blocks</source>
        <translation>Die Schritte dieses Modells können nicht getrennt laufen: Es blickt auf fertige Blöcke zurück</translation>
    </message>
    <message>
        <source>{0} holds no audio encoder that can be read ({1})</source>
        <translation>{0} enthält keinen Audio-Encoder, der gelesen werden kann ({1})</translation>
    </message>
    <message>
        <source>put its config.json and model.safetensors there</source>
        <translation>legen Sie dort dessen config.json und model.safetensors ab</translation>
    </message>
    <message>
        <source>the model was trained with the audio encoder {0}, but {1} holds {2}</source>
        <translation>Das Modell wurde mit dem Audio-Encoder {0} trainiert, in {1} liegt aber {2}</translation>
    </message>
    <message>
        <source>put the config.json and model.safetensors of the former there</source>
        <translation>legen Sie dort config.json und model.safetensors des ersteren ab</translation>
    </message>
    <message>
        <source>background {0} is neither photo, blurred, transparent, a colour like #3c4a5a nor a file</source>
        <translation>Hintergrund: {0} ist weder photo, blurred, transparent, eine Farbe wie #3c4a5a noch eine Datei</translation>
    </message>
    <message>
        <source>copy it {0}, Show Connect Info</source>
        <translation>kopieren Sie es {0}, Verbindungsinformationen anzeigen</translation>
    </message>
    <message>
        <source>in OBS, Tools, WebSocket Server Settings</source>
        <translation>in OBS unter Werkzeuge, WebSocket-Server-Einstellungen</translation>
    </message>
    <message>
        <source>it could not be signed ({0})</source>
        <translation>sie ließ sich nicht signieren ({0})</translation>
    </message>
    <message>
        <source>look at OBS, and try again</source>
        <translation>sehen Sie nach OBS und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>look up the port {0}</source>
        <translation>schlagen Sie den Port nach: {0}</translation>
    </message>
    <message>
        <source>mute it, or stop altogether</source>
        <translation>schalten Sie sie stumm oder beenden Sie ganz</translation>
    </message>
    <message>
        <source>name a film or a picture</source>
        <translation>nennen Sie einen Film oder ein Bild</translation>
    </message>
    <message>
        <source>name an MP4, WebM, MKV, PNG or JPEG file</source>
        <translation>nennen Sie eine MP4-, WebM-, MKV-, PNG- oder JPEG-Datei</translation>
    </message>
    <message>
        <source>name another file</source>
        <translation>nennen Sie eine andere Datei</translation>
    </message>
    <message>
        <source>neural engine on {0}</source>
        <translation>neuronal, auf {0}</translation>
    </message>
    <message>
        <source>neural engine on {0}, {1} times real time</source>
        <translation>neuronal, auf {0}, {1}-mal Echtzeit</translation>
    </message>
    <message>
        <source>Neural (experimental): a trained avatar model draws the face</source>
        <translation>Neuronal (experimentell): Ein trainiertes Avatar-Modell zeichnet das Gesicht</translation>
    </message>
    <message>
        <source>film somebody who faces the camera</source>
        <translation>jemanden filmen, der in die Kamera schaut</translation>
    </message>
    <message>
        <source>Built-in people</source>
        <translation>Mitgelieferte Personen</translation>
    </message>
    <message>
        <source>choose a folder on another disk</source>
        <translation>wählen Sie einen Ordner auf einem anderen Datenträger</translation>
    </message>
    <message>
        <source>espeak-ng: GPL-3.0-or-later, in a process of its own</source>
        <translation>espeak-ng: GPL-3.0-or-later, in einem eigenen Prozess</translation>
    </message>
    <message>
        <source>hibari-tts: code and voice Apache-2.0, distilled from Kokoro-82M (Apache-2.0)</source>
        <translation>hibari-tts: Code und Stimme Apache-2.0, destilliert aus Kokoro-82M (Apache-2.0)</translation>
    </message>
    <message>
        <source>no answer came within {0} seconds</source>
        <translation>{0} Sekunden lang kam keine Antwort</translation>
    </message>
    <message>
        <source>No face was found in this picture. Take one that shows the whole face from the front, in good light.</source>
        <translation>Auf diesem Bild wurde kein Gesicht gefunden. Nehmen Sie eines, das das ganze Gesicht von vorn zeigt, in gutem Licht.</translation>
    </message>
    <message>
        <source>no file there can be larger</source>
        <translation>größer kann eine Datei dort nicht werden</translation>
    </message>
    <message>
        <source>no more pictures come from the webcam: was it unplugged? Plug it in and try again</source>
        <translation>von der Webcam kommen keine Bilder mehr: Wurde sie abgezogen? Stecken Sie sie an, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>no NVIDIA card; the puppet engine needs none</source>
        <translation>keine NVIDIA-Karte; die Puppe braucht keine</translation>
    </message>
    <message>
        <source>no PipeWire or PulseAudio runs</source>
        <translation>weder PipeWire noch PulseAudio läuft</translation>
    </message>
    <message>
        <source>No sound server answers. {0}</source>
        <translation>Kein Tonserver antwortet. {0}</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>nicht gefunden</translation>
    </message>
    <message>
        <source>no voice can be used</source>
        <translation>keine Stimme ist nutzbar</translation>
    </message>
    <message>
        <source>no voice is installed</source>
        <translation>es ist keine Stimme installiert</translation>
    </message>
    <message>
        <source>none is there</source>
        <translation>es gibt keine</translation>
    </message>
    <message>
        <source>not used: only the neural engine needs PyTorch</source>
        <translation>nicht benutzt: Nur die neuronale Engine braucht PyTorch</translation>
    </message>
    <message>
        <source>nothing became better than before, so all stays as it was</source>
        <translation>nichts wurde besser als vorher, also bleibt alles, wie es war</translation>
    </message>
    <message>
        <source>NVIDIA&apos;s driver</source>
        <translation>den Treiber von NVIDIA</translation>
    </message>
    <message>
        <source>OBS does not answer any more:</source>
        <translation>OBS antwortet nicht mehr:</translation>
    </message>
    <message>
        <source>OBS does not answer on port {0}:</source>
        <translation>OBS antwortet nicht auf Port {0}:</translation>
    </message>
    <message>
        <source>OBS does not do {0} ({1})</source>
        <translation>OBS tut nicht, worum es gebeten wird: {0} ({1})</translation>
    </message>
    <message>
        <source>OBS does not take this password:</source>
        <translation>OBS nimmt dieses Passwort nicht an:</translation>
    </message>
    <message>
        <source>OBS has broken off ({0})</source>
        <translation>OBS hat abgebrochen ({0})</translation>
    </message>
    <message>
        <source>OBS is not ready yet:</source>
        <translation>OBS ist noch nicht bereit:</translation>
    </message>
    <message>
        <source>one voice</source>
        <translation>eine Stimme</translation>
    </message>
    <message>
        <source>Only espeak-ng can.</source>
        <translation>Das kann nur espeak-ng.</translation>
    </message>
    <message>
        <source>only Linux locks programs away from cameras</source>
        <translation>nur Linux sperrt Programme von Kameras aus</translation>
    </message>
    <message>
        <source>only Windows has it</source>
        <translation>nur Windows hat sie</translation>
    </message>
    <message>
        <source>Open Settings, Privacy &amp; security, Microphone, and switch on Microphone access and Let desktop apps access your microphone.</source>
        <translation>Öffnen Sie Einstellungen, Datenschutz &amp; Sicherheit, Mikrofon, und schalten Sie „Mikrofonzugriff“ und „Desktop-Apps den Zugriff auf Ihr Mikrofon erlauben“ ein.</translation>
    </message>
    <message>
        <source>Open Windows Security, Ransomware protection, Allow an app through Controlled folder access, and allow Python; or choose another folder.</source>
        <translation>Öffnen Sie Windows-Sicherheit, Ransomware-Schutz, „App durch überwachten Ordnerzugriff zulassen“, und erlauben Sie Python; oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Or do without a driver: `python start.py demo --web` makes a page that OBS shows.</source>
        <translation>Oder ohne Treiber: `python start.py demo --web` stellt eine Seite bereit, die OBS zeigt.</translation>
    </message>
    <message>
        <source>others can listen to {0}</source>
        <translation>andere können {0} hören</translation>
    </message>
    <message>
        <source>output</source>
        <translation>Tonausgabe</translation>
    </message>
    <message>
        <source>Pause between words</source>
        <translation>Wortpause</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>keine Berechtigung</translation>
    </message>
    <message>
        <source>picture {0} is missing</source>
        <translation>das Bild {0} fehlt</translation>
    </message>
    <message>
        <source>picture {0} is not beside {1}</source>
        <translation>das Bild {0} liegt nicht neben {1}</translation>
    </message>
    <message>
        <source>pip install piper-tts, and put a voice file and its .json into {0}</source>
        <translation>pip install piper-tts, und eine Stimmdatei mit ihrer .json in {0} legen</translation>
    </message>
    <message>
        <source>pip install pocket-tts; it fetches some 400 MB when first used</source>
        <translation>pip install pocket-tts; beim ersten Gebrauch holt es etwa 400 MB</translation>
    </message>
    <message>
        <source>piper-tts: GPL-3.0-or-later, in a process of its own; each voice file has its own licence</source>
        <translation>piper-tts: GPL-3.0-or-later, in einem eigenen Prozess; jede Stimmendatei hat ihre eigene Lizenz</translation>
    </message>
    <message>
        <source>PipeWire does not answer:</source>
        <translation>PipeWire antwortet nicht:</translation>
    </message>
    <message>
        <source>PipeWire with its PulseAudio service</source>
        <translation>PipeWire mit seinem PulseAudio-Dienst</translation>
    </message>
    <message>
        <source>Pitch</source>
        <translation>Tonhöhe</translation>
    </message>
    <message>
        <source>plug it in again, or choose another</source>
        <translation>stecken Sie es wieder an, oder wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>plug it in again, or restart the computer</source>
        <translation>stecken Sie es neu an, oder starten Sie den Computer neu</translation>
    </message>
    <message>
        <source>plug it in, or choose another</source>
        <translation>stecken Sie das Gerät an, oder wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>pocket-tts: MIT; its models CC-BY-4.0 (Kyutai); the voices offered CC0</source>
        <translation>pocket-tts: MIT; seine Modelle CC-BY-4.0 (Kyutai); die angebotenen Stimmen CC0</translation>
    </message>
    <message>
        <source>port {0} is not between 0 and {1}</source>
        <translation>der Port {0} liegt nicht zwischen 0 und {1}</translation>
    </message>
    <message>
        <source>port {0} {1}, so the page has another address: give OBS the new one</source>
        <translation>der Port {0} {1}, die Seite hat also eine andere Adresse: Geben Sie OBS die neue</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>Vorrang</translation>
    </message>
    <message>
        <source>profile.json is damaged in line {0}</source>
        <translation>profile.json ist in Zeile {0} beschädigt</translation>
    </message>
    <message>
        <source>profile.json is missing</source>
        <translation>profile.json fehlt</translation>
    </message>
    <message>
        <source>programs that take cameras from PipeWire (Firefox, OBS, GNOME&apos;s) see Understudy; others, as Zoom, only see one of v4l2loopback: {0}</source>
        <translation>Programme, die Kameras von PipeWire nehmen (Firefox, OBS, die von GNOME), sehen Understudy; andere wie Zoom sehen nur eine von v4l2loopback: {0}</translation>
    </message>
    <message>
        <source>Pronunciations</source>
        <translation>Aussprachen</translation>
    </message>
    <message>
        <source>puppet engine on the CPU</source>
        <translation>Puppe, auf der CPU</translation>
    </message>
    <message>
        <source>puppet engine on the CPU ({0})</source>
        <translation>Puppe, auf der CPU ({0})</translation>
    </message>
    <message>
        <source>Puppet: moves the photo itself, on any CPU</source>
        <translation>Puppe: bewegt das Foto selbst, auf jeder CPU</translation>
    </message>
    <message>
        <source>put one at {0}, or choose the puppet</source>
        <translation>Legen Sie eines unter {0} ab, oder wählen Sie die Puppe</translation>
    </message>
    <message>
        <source>PySide6 is not installed</source>
        <translation>PySide6 ist nicht installiert</translation>
    </message>
    <message>
        <source>Python and packages</source>
        <translation>Python und Pakete</translation>
    </message>
    <message>
        <source>PyTorch cannot be loaded: {0}</source>
        <translation>PyTorch lässt sich nicht laden: {0}</translation>
    </message>
    <message>
        <source>PyTorch cannot use the NVIDIA card</source>
        <translation>PyTorch kann die NVIDIA-Karte nicht benutzen</translation>
    </message>
    <message>
        <source>Qt finds its libraries for {0}</source>
        <translation>Qt findet seine Bibliotheken für {0}</translation>
    </message>
    <message>
        <source>Qt is installed</source>
        <translation>Qt ist installiert</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>der Datenträger ist schreibgeschützt</translation>
    </message>
    <message>
        <source>recordings are MP4 files: name it {0}.mp4, not {1}</source>
        <translation>Aufnahmen sind MP4-Dateien: Nennen Sie sie {0}.mp4, nicht {1}</translation>
    </message>
    <message>
        <source>reinstall</source>
        <translation>installieren Sie neu</translation>
    </message>
    <message>
        <source>reinstall the program</source>
        <translation>installieren Sie das Programm neu</translation>
    </message>
    <message>
        <source>reinstall the program for a natural English voice</source>
        <translation>das Programm neu installieren, für eine natürliche englische Stimme</translation>
    </message>
    <message>
        <source>reinstall the program or fetch it again</source>
        <translation>installieren Sie das Programm neu, oder holen Sie die Datei noch einmal</translation>
    </message>
    <message>
        <source>Reinstall the program, or fetch its files again.</source>
        <translation>Installieren Sie das Programm neu, oder holen Sie seine Dateien noch einmal.</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>restart it, and try again</source>
        <translation>starten Sie ihn neu, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>restart it, or the computer</source>
        <translation>starten Sie ihn neu, oder den Computer</translation>
    </message>
    <message>
        <source>restart the computer</source>
        <translation>starten Sie den Computer neu</translation>
    </message>
    <message>
        <source>Restart the computer.</source>
        <translation>Starten Sie den Computer neu.</translation>
    </message>
    <message>
        <source>restart the sound server, or the computer</source>
        <translation>starten Sie den Tonserver neu, oder den Computer</translation>
    </message>
    <message>
        <source>Restart the sound server.</source>
        <translation>Starten Sie den Tonserver neu.</translation>
    </message>
    <message>
        <source>Run `pactl set-source-mute @DEFAULT_SOURCE@ 0`.</source>
        <translation>Führen Sie `pactl set-source-mute @DEFAULT_SOURCE@ 0` aus.</translation>
    </message>
    <message>
        <source>run `python start.py neural`, or `pip install &quot;understudy[neural]&quot;`</source>
        <translation>`python start.py neural` oder `pip install &quot;understudy[neural]&quot;` ausführen</translation>
    </message>
    <message>
        <source>Run `python start.py`: it installs what is missing. If it does not, delete .venv first.</source>
        <translation>Führen Sie `python start.py` aus: Es installiert, was fehlt. Tut es das nicht, löschen Sie vorher .venv.</translation>
    </message>
    <message>
        <source>Run `sudo chown -R $USER &quot;{0}&quot;` if it should be yours, or choose another folder.</source>
        <translation>Führen Sie `sudo chown -R $USER &quot;{0}&quot;` aus, falls er Ihnen gehören soll, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Run `sudo modprobe -r v4l2loopback`, then `{0}`</source>
        <translation>Führen Sie `sudo modprobe -r v4l2loopback` aus, dann `{0}`</translation>
    </message>
    <message>
        <source>Run `sudo snap connect {0}:camera`, then start {1} again</source>
        <translation>Führen Sie `sudo snap connect {0}:camera` aus, dann starten Sie {1} neu</translation>
    </message>
    <message>
        <source>Run `sudo ubuntu-drivers install`, then restart the computer.</source>
        <translation>Führen Sie `sudo ubuntu-drivers install` aus, dann starten Sie den Computer neu.</translation>
    </message>
    <message>
        <source>Run `sudo usermod -aG audio $USER`, then log out and in again.</source>
        <translation>Führen Sie `sudo usermod -aG audio $USER` aus, dann melden Sie sich ab und wieder an.</translation>
    </message>
    <message>
        <source>Run `sudo usermod -aG video $USER`, then log out and in again.</source>
        <translation>Führen Sie `sudo usermod -aG video $USER` aus, dann melden Sie sich ab und wieder an.</translation>
    </message>
    <message>
        <source>Run `wpctl set-mute @DEFAULT_AUDIO_SOURCE@ 0`.</source>
        <translation>Führen Sie `wpctl set-mute @DEFAULT_AUDIO_SOURCE@ 0` aus.</translation>
    </message>
    <message>
        <source>Run `{0} {1}`</source>
        <translation>Führen Sie `{0} {1}` aus</translation>
    </message>
    <message>
        <source>Run `{0}`, then start {1} again</source>
        <translation>Führen Sie `{0}` aus, dann starten Sie {1} neu</translation>
    </message>
    <message>
        <source>run Understudy from its source, then {0}</source>
        <translation>Understudy aus dem Quelltext starten, dann {0}</translation>
    </message>
    <message>
        <source>Run Understudy on Windows.</source>
        <translation>Starten Sie Understudy unter Windows.</translation>
    </message>
    <message>
        <source>run {0}, and choose the camera anew</source>
        <translation>Führen Sie {0} aus, und wählen Sie die Kamera neu</translation>
    </message>
    <message>
        <source>run {0}, then {1}{2}</source>
        <translation>Führen Sie aus: {0}, dann {1}{2}</translation>
    </message>
    <message>
        <source>run {0}{1}</source>
        <translation>Führen Sie aus: {0}{1}</translation>
    </message>
    <message>
        <source>save it anew as JPEG or PNG.</source>
        <translation>speichern Sie es neu als JPEG oder PNG.</translation>
    </message>
    <message>
        <source>save it as JPEG, or smaller, and choose that file.</source>
        <translation>speichern Sie es als JPEG oder kleiner, und wählen Sie diese Datei.</translation>
    </message>
    <message>
        <source>save it smaller and choose that file.</source>
        <translation>speichern Sie es kleiner, und wählen Sie diese Datei.</translation>
    </message>
    <message>
        <source>Secure Boot is on: if the module is refused (Key was rejected), run `sudo mokutil --import {0}`, restart, and confirm with Enroll MOK.</source>
        <translation>Secure Boot ist an: Wird das Modul abgelehnt (Key was rejected), führen Sie `sudo mokutil --import {0}` aus, starten Sie neu, und bestätigen Sie mit Enroll MOK.</translation>
    </message>
    <message>
        <source>Smart App Control</source>
        <translation>Smart App Control (Intelligente App-Steuerung)</translation>
    </message>
    <message>
        <source>Sound ({0})</source>
        <translation>Ton ({0})</translation>
    </message>
    <message>
        <source>sound and picture come before other work</source>
        <translation>Ton und Bild kommen vor anderer Arbeit</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Sprecher</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>start again</source>
        <translation>starten Sie noch einmal</translation>
    </message>
    <message>
        <source>start again with another engine</source>
        <translation>Starten Sie noch einmal mit einer anderen</translation>
    </message>
    <message>
        <source>start again, with the puppet engine if it happens often</source>
        <translation>starten Sie noch einmal, und zwar mit der Puppe, wenn es öfter geschieht</translation>
    </message>
    <message>
        <source>start it (systemctl --user start pipewire)</source>
        <translation>starten Sie es (systemctl --user start pipewire)</translation>
    </message>
    <message>
        <source>start it on the desktop itself, as the person who is logged in there</source>
        <translation>starten Sie es auf dem Schreibtisch selbst, als die Person, die dort angemeldet ist</translation>
    </message>
    <message>
        <source>start OBS, and enable its server {0}</source>
        <translation>starten Sie OBS und schalten Sie seinen Server ein: {0}</translation>
    </message>
    <message>
        <source>Stay silent instead of ending when all is said.</source>
        <translation>Still bleiben statt zu enden, wenn alles gesagt ist.</translation>
    </message>
    <message>
        <source>stop that first, one person can speak at a time</source>
        <translation>beenden Sie das zuerst, es kann nur eine Person auf einmal sprechen</translation>
    </message>
    <message>
        <source>stop the virtual camera in OBS, or close the other program that sends to it</source>
        <translation>Beenden Sie sie in OBS, oder schließen Sie das andere Programm, das an sie sendet</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Standard des Systems</translation>
    </message>
    <message>
        <source>System default: {0}</source>
        <translation>Systemvorgabe: {0}</translation>
    </message>
    <message>
        <source>system libraries are missing: {0}</source>
        <translation>es fehlen Bibliotheken des Systems: {0}</translation>
    </message>
    <message>
        <source>take a letter, a digit, or F1 to F12</source>
        <translation>nehmen Sie einen Buchstaben, eine Ziffer oder F1 bis F12</translation>
    </message>
    <message>
        <source>take a photo in which it has at least {0}.</source>
        <translation>nehmen Sie ein Foto, auf dem es mindestens {0} hat.</translation>
    </message>
    <message>
        <source>take a picture of at least {0} x {1}.</source>
        <translation>nehmen Sie ein Bild von mindestens {0} x {1}.</translation>
    </message>
    <message>
        <source>Temporary files</source>
        <translation>Temporäre Dateien</translation>
    </message>
    <message>
        <source>test card for {0}</source>
        <translation>Testbild für {0}</translation>
    </message>
    <message>
        <source>Test card: a bar that rises with the voice</source>
        <translation>Testbild: ein Balken, der mit der Stimme steigt</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>the camera shows {0}, not {1}</source>
        <translation>die Kamera zeigt {0}, nicht {1}</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>der CPU</translation>
    </message>
    <message>
        <source>the desktop did not give this key</source>
        <translation>die Arbeitsumgebung hat diese Taste nicht hergegeben</translation>
    </message>
    <message>
        <source>the display {0} cannot be reached</source>
        <translation>der Bildschirm {0} ist nicht zu erreichen</translation>
    </message>
    <message>
        <source>The engine broke down and was started again.</source>
        <translation>Die Engine brach ab und wurde neu gestartet.</translation>
    </message>
    <message>
        <source>the engine cannot be started ({0})</source>
        <translation>die Engine kann nicht gestartet werden ({0})</translation>
    </message>
    <message>
        <source>The engine failed ({0}); a simpler one has taken over.</source>
        <translation>Die Bilderzeugung ist ausgefallen ({0}); eine einfachere hat übernommen.</translation>
    </message>
    <message>
        <source>The eyes are closed: take a photo with both eyes open.</source>
        <translation>Die Augen sind geschlossen: machen Sie ein Foto mit beiden Augen offen.</translation>
    </message>
    <message>
        <source>The face is small: go closer, or cut the photo down.</source>
        <translation>Das Gesicht ist klein: Gehen Sie näher heran, oder schneiden Sie das Foto zu.</translation>
    </message>
    <message>
        <source>The face is turned away: look straight into the camera.</source>
        <translation>Das Gesicht ist abgewandt: Blicken Sie gerade in die Kamera.</translation>
    </message>
    <message>
        <source>The head is cut off: leave some room around it.</source>
        <translation>Der Kopf ist angeschnitten: Lassen Sie etwas Platz um ihn.</translation>
    </message>
    <message>
        <source>the headers of the running kernel</source>
        <translation>die Header des laufenden Kernels</translation>
    </message>
    <message>
        <source>the model&apos;s weights are damaged:</source>
        <translation>die Gewichte des Modells sind beschädigt:</translation>
    </message>
    <message>
        <source>the modules of the kernel that runs are gone: it has been updated</source>
        <translation>die Module des laufenden Kernels sind weg: Er wurde aktualisiert</translation>
    </message>
    <message>
        <source>The mouth is covered: nothing may be in front of it.</source>
        <translation>Der Mund ist verdeckt: Davor darf nichts sein.</translation>
    </message>
    <message>
        <source>The mouth is open: close the lips; only a second or third photo may smile.</source>
        <translation>Der Mund ist offen: Schließen Sie die Lippen; nur ein zweites oder drittes Foto darf lächeln.</translation>
    </message>
    <message>
        <source>the neural one does not start: {0}</source>
        <translation>die neuronale startet nicht: {0}</translation>
    </message>
    <message>
        <source>the neural one is experimental: it is taken where it is chosen</source>
        <translation>die neuronale ist ein Versuch: sie wird genommen, wo sie gewählt ist</translation>
    </message>
    <message>
        <source>the neural one is {0} times real time on {1}, {2} are needed</source>
        <translation>die neuronale erreicht {0}-mal Echtzeit auf {1}, nötig ist {2}-mal</translation>
    </message>
    <message>
        <source>the neural one needs PyTorch</source>
        <translation>die neuronale braucht PyTorch</translation>
    </message>
    <message>
        <source>the page shows {0}, not {1}</source>
        <translation>die Seite zeigt {0}, nicht {1}</translation>
    </message>
    <message>
        <source>The photo is blurred: hold the camera still, and focus on the face.</source>
        <translation>Das Foto ist unscharf: Halten Sie die Kamera ruhig und stellen Sie auf das Gesicht scharf.</translation>
    </message>
    <message>
        <source>The photos may show different people: all should be of the same person.</source>
        <translation>Die Fotos zeigen vielleicht verschiedene Menschen: Alle sollten dieselbe Person zeigen.</translation>
    </message>
    <message>
        <source>the pronunciation {0} cannot be read</source>
        <translation>die Aussprache {0} ist nicht lesbar</translation>
    </message>
    <message>
        <source>The puppet engine needs no card. For others, choose CUDA at pytorch.org, Get Started, and run its command with .venv&apos;s pip.</source>
        <translation>Die Puppe braucht keine Karte. Für andere wählen Sie auf pytorch.org unter Get Started CUDA, und führen Sie den Befehl mit dem pip aus .venv aus.</translation>
    </message>
    <message>
        <source>the screen cannot be reached</source>
        <translation>der Bildschirm ist nicht erreichbar</translation>
    </message>
    <message>
        <source>the sound devices cannot be listed: {0}</source>
        <translation>die Tongeräte können nicht aufgezählt werden: {0}</translation>
    </message>
    <message>
        <source>the sound server does not answer</source>
        <translation>Der Tonserver antwortet nicht</translation>
    </message>
    <message>
        <source>the sound server has ended</source>
        <translation>Der Tonserver wurde beendet</translation>
    </message>
    <message>
        <source>the sound server has it no more</source>
        <translation>Der Tonserver hat es nicht mehr</translation>
    </message>
    <message>
        <source>the system gives sound and picture no priority: on a busy computer they may stutter</source>
        <translation>Das System gibt Ton und Bild keinen Vorrang: Auf einem ausgelasteten Computer können sie stocken</translation>
    </message>
    <message>
        <source>The virtual camera broke down and was started again.</source>
        <translation>Die virtuelle Kamera brach ab und wurde neu gestartet.</translation>
    </message>
    <message>
        <source>the virtual camera {0} cannot be used: {1}</source>
        <translation>die virtuelle Kamera {0} lässt sich nicht benutzen: {1}</translation>
    </message>
    <message>
        <source>The voice is back.</source>
        <translation>Die Stimme ist wieder da.</translation>
    </message>
    <message>
        <source>The voice is heard there again.</source>
        <translation>Die Stimme ist dort wieder zu hören.</translation>
    </message>
    <message>
        <source>the voice {0} breaks off again and again: {1}</source>
        <translation>die Stimme {0} bricht immer wieder ab: {1}</translation>
    </message>
    <message>
        <source>The voice {0} broke off and was started again; {1} was left out.</source>
        <translation>Die Stimme {0} ist abgebrochen und neu gestartet worden; {1} wurde ausgelassen.</translation>
    </message>
    <message>
        <source>The voice {0} cannot be used ({1}); {2} speaks instead.</source>
        <translation>Die Stimme {0} ist nicht nutzbar ({1}); stattdessen spricht {2}.</translation>
    </message>
    <message>
        <source>The voice {0} cannot read {1}; it was left out.</source>
        <translation>Die Stimme {0} kann {1} nicht lesen; es wurde ausgelassen.</translation>
    </message>
    <message>
        <source>The voice {0} cannot speak {1}; it was left out.</source>
        <translation>Die Stimme {0} kann {1} nicht sprechen; es wurde ausgelassen.</translation>
    </message>
    <message>
        <source>the voice {0} does not know the letters of {1}</source>
        <translation>die Stimme {0} kennt die Buchstaben von {1} nicht</translation>
    </message>
    <message>
        <source>the voice {0} is not installed</source>
        <translation>die Stimme {0} ist nicht installiert</translation>
    </message>
    <message>
        <source>the {0} process cannot be started: {1}</source>
        <translation>der Prozess „{0}“ lässt sich nicht starten: {1}</translation>
    </message>
    <message>
        <source>the {0} {1} cannot be used: {2}</source>
        <translation>{0} {1} lässt sich nicht benutzen: {2}</translation>
    </message>
    <message>
        <source>there is no avatar model to start from</source>
        <translation>es gibt kein Avatar-Modell, mit dem man anfangen könnte</translation>
    </message>
    <message>
        <source>there is no display</source>
        <translation>es gibt keinen Bildschirm</translation>
    </message>
    <message>
        <source>there is no display; films, cameras and pages are made without one</source>
        <translation>es gibt keinen Bildschirm; Filme, Kameras und Seiten gehen auch ohne</translation>
    </message>
    <message>
        <source>there is no file and no folder {0}</source>
        <translation>es gibt keine Datei und keinen Ordner {0}</translation>
    </message>
    <message>
        <source>there is no voice engine {0}</source>
        <translation>es gibt keine Stimmtechnik {0}</translation>
    </message>
    <message>
        <source>there is only espeak-ng, which sounds like a machine</source>
        <translation>es gibt nur espeak-ng, das wie eine Maschine klingt</translation>
    </message>
    <message>
        <source>there was no answer within {0} s</source>
        <translation>es kam keine Antwort innerhalb von {0} s</translation>
    </message>
    <message>
        <source>this edition comes without it: run the program from its source for that</source>
        <translation>diese Ausgabe hat es nicht: dafür das Programm aus seinem Quelltext starten</translation>
    </message>
    <message>
        <source>this file holds other things than one profile and its pictures</source>
        <translation>diese Datei enthält anderes als ein Profil und seine Bilder</translation>
    </message>
    <message>
        <source>this file is damaged</source>
        <translation>diese Datei ist beschädigt</translation>
    </message>
    <message>
        <source>this is Linux inside Windows, which has no cameras</source>
        <translation>dies ist Linux in Windows, das hat keine Kameras</translation>
    </message>
    <message>
        <source>this is no profile: there is no {0} in it</source>
        <translation>dies ist kein Profil: Es enthält kein {0}</translation>
    </message>
    <message>
        <source>This is our mistake: please report it, with the copied report.</source>
        <translation>Das ist unser Fehler: Bitte melden Sie ihn, mit dem kopierten Bericht.</translation>
    </message>
    <message>
        <source>this keyboard has no key {0}</source>
        <translation>diese Tastatur hat keine Taste {0}</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>diesem Rechner</translation>
    </message>
    <message>
        <source>this needs PyTorch, which is not installed</source>
        <translation>das braucht PyTorch, und das ist nicht installiert</translation>
    </message>
    <message>
        <source>this process has been closed</source>
        <translation>dieser Prozess ist geschlossen worden</translation>
    </message>
    <message>
        <source>this system gives none</source>
        <translation>Dieses System gibt keinen</translation>
    </message>
    <message>
        <source>this voice cannot be interrupted</source>
        <translation>diese Stimme kann nicht unterbrochen werden</translation>
    </message>
    <message>
        <source>try a longer film, or more minutes</source>
        <translation>einen längeren Film nehmen oder mehr Minuten</translation>
    </message>
    <message>
        <source>try again</source>
        <translation>versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>try again in a moment</source>
        <translation>versuchen Sie es gleich noch einmal</translation>
    </message>
    <message>
        <source>try another folder</source>
        <translation>versuchen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>Understudy (PipeWire, no driver)</source>
        <translation>Understudy (PipeWire, ohne Treiber)</translation>
    </message>
    <message>
        <source>Unmute it in the system&apos;s sound settings, or at its own switch.</source>
        <translation>Heben Sie die Stummschaltung auf: in den Toneinstellungen des Systems oder am Schalter des Geräts.</translation>
    </message>
    <message>
        <source>unplug it and plug it in again</source>
        <translation>ziehen Sie es ab, und stecken Sie es wieder an</translation>
    </message>
    <message>
        <source>unplug it and plug it in again, or choose another</source>
        <translation>ziehen Sie es ab und stecken Sie es wieder an, oder wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>Update the driver with NVIDIA&apos;s own program, then restart the computer.</source>
        <translation>Aktualisieren Sie den Treiber mit NVIDIAs eigenem Programm, dann starten Sie den Computer neu.</translation>
    </message>
    <message>
        <source>Update the driver: {0}</source>
        <translation>Aktualisieren Sie den Treiber: {0}</translation>
    </message>
    <message>
        <source>v4l2loopback cannot be built: the kernel&apos;s headers are missing</source>
        <translation>v4l2loopback lässt sich nicht bauen: Die Header des Kernels fehlen</translation>
    </message>
    <message>
        <source>v4l2loopback is installed, but not loaded</source>
        <translation>v4l2loopback ist installiert, aber nicht geladen</translation>
    </message>
    <message>
        <source>v4l2loopback is loaded, but has no device</source>
        <translation>v4l2loopback ist geladen, hat aber kein Gerät</translation>
    </message>
    <message>
        <source>v4l2loopback is not built for the kernel that runs</source>
        <translation>v4l2loopback ist nicht für den laufenden Kernel gebaut</translation>
    </message>
    <message>
        <source>v4l2loopback is not installed</source>
        <translation>v4l2loopback ist nicht installiert</translation>
    </message>
    <message>
        <source>v4l2loopback was loaded without exclusive_caps: Chrome, Teams and Zoom do not list it</source>
        <translation>v4l2loopback wurde ohne exclusive_caps geladen: Chrome, Teams und Zoom zeigen es nicht an</translation>
    </message>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Virtual microphone</source>
        <translation>Virtuelles Mikrofon</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>Stimmen</translation>
    </message>
    <message>
        <source>Webcam {0}</source>
        <translation>Webcam {0}</translation>
    </message>
    <message>
        <source>what answers on port {0} is not OBS:</source>
        <translation>was auf Port {0} antwortet, ist nicht OBS:</translation>
    </message>
    <message>
        <source>what is live does not end: the voice or the engine hangs</source>
        <translation>die Übertragung endet nicht: Stimme oder Engine hängt</translation>
    </message>
    <message>
        <source>What is spoken first; more can be typed while it speaks.</source>
        <translation>Was zuerst gesprochen wird; während des Sprechens lässt sich mehr eintippen.</translation>
    </message>
    <message>
        <source>What was recorded until then is in {0}.</source>
        <translation>Was bis dahin aufgenommen wurde, ist in {0}.</translation>
    </message>
    <message>
        <source>Where the voice can.</source>
        <translation>Wo die Stimme es kann.</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Windows does not let programs listen</source>
        <translation>Windows lässt Programme nicht mithören</translation>
    </message>
    <message>
        <source>Windows&apos; own voices, under its terms; the binding: MIT</source>
        <translation>Windows&apos; eigene Stimmen, zu dessen Bedingungen; die Anbindung: MIT</translation>
    </message>
    <message>
        <source>Without a name</source>
        <translation>Ohne Namen</translation>
    </message>
    <message>
        <source>words per minute</source>
        <translation>Wörter/Min.</translation>
    </message>
    <message>
        <source>write a line for each word, as in: GIF = jiff</source>
        <translation>für jedes Wort eine Zeile schreiben, wie: GIF = jiff</translation>
    </message>
    <message>
        <source>write at least one word</source>
        <translation>schreiben Sie mindestens ein Wort</translation>
    </message>
    <message>
        <source>write it like #3c4a5a</source>
        <translation>schreiben Sie sie wie #3c4a5a</translation>
    </message>
    <message>
        <source>write that the picture is AI-generated</source>
        <translation>schreiben Sie, dass das Bild von KI erzeugt ist</translation>
    </message>
    <message>
        <source>write who is shown and that they agreed</source>
        <translation>schreiben Sie, wer zu sehen ist, und dass die Person zugestimmt hat</translation>
    </message>
    <message>
        <source>write words, or choose the language they are in</source>
        <translation>schreiben Sie Wörter, oder wählen Sie deren Sprache</translation>
    </message>
    <message>
        <source>you may not write to {0}</source>
        <translation>Sie dürfen nicht in {0} schreiben</translation>
    </message>
    <message>
        <source>{0} (copy)</source>
        <translation>{0} (Kopie)</translation>
    </message>
    <message>
        <source>{0} ({1}) opens and takes pictures</source>
        <translation>{0} ({1}) lässt sich öffnen und nimmt Bilder an</translation>
    </message>
    <message>
        <source>{0} can be written; {1} are free</source>
        <translation>{0} ist beschreibbar; {1} sind frei</translation>
    </message>
    <message>
        <source>{0} cannot be made of this ({1})</source>
        <translation>{0} lässt sich daraus nicht machen ({1})</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}</source>
        <translation>{0} lässt sich nicht lesen: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be written ({1})</source>
        <translation>{0} ist nicht beschreibbar ({1})</translation>
    </message>
    <message>
        <source>{0} frames/s, latency {1} ms (p95 {2} ms), dropped {3} frames and {4} s of sound</source>
        <translation>{0} Bilder/s, Verzögerung {1} ms (95 % unter {2} ms), {3} Bilder und {4} s Ton ausgelassen</translation>
    </message>
    <message>
        <source>{0} gives no profile back</source>
        <translation>{0} gibt kein Profil zurück</translation>
    </message>
    <message>
        <source>{0} gives no sound that can be used ({1})</source>
        <translation>{0} liefert keinen brauchbaren Ton ({1})</translation>
    </message>
    <message>
        <source>{0} has been taken away</source>
        <translation>{0} ist weg</translation>
    </message>
    <message>
        <source>{0} has failed ({1})</source>
        <translation>{0} ist gescheitert ({1})</translation>
    </message>
    <message>
        <source>{0} has no sound</source>
        <translation>{0} hat keinen Ton</translation>
    </message>
    <message>
        <source>{0} holds a {1}, expected {2}</source>
        <translation>{0} enthält {1}, erwartet wird {2}</translation>
    </message>
    <message>
        <source>{0} is a {1}, expected {2}</source>
        <translation>{0} ist {1}, erwartet wird {2}</translation>
    </message>
    <message>
        <source>{0} is damaged or cannot be read</source>
        <translation>{0} ist beschädigt oder kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>{0} is damaged: {1}</source>
        <translation>{0} ist beschädigt: {1}</translation>
    </message>
    <message>
        <source>{0} is kept without Content Credentials: {1}</source>
        <translation>{0} ist ohne Content Credentials gespeichert: {1}</translation>
    </message>
    <message>
        <source>{0} is larger than any profile can be ({1} bytes)</source>
        <translation>{0} ist größer, als ein Profil sein kann ({1} Byte)</translation>
    </message>
    <message>
        <source>{0} is larger than {1} bytes</source>
        <translation>{0} ist größer als {1} Byte</translation>
    </message>
    <message>
        <source>{0} is missing</source>
        <translation>{0} fehlt</translation>
    </message>
    <message>
        <source>{0} is neither a film nor a picture, or damaged</source>
        <translation>{0} ist weder ein Film noch ein Bild oder ist beschädigt</translation>
    </message>
    <message>
        <source>{0} is no film that can be read: {1}</source>
        <translation>{0} ist kein lesbarer Film: {1}</translation>
    </message>
    <message>
        <source>{0} is no key without a password, in PEM</source>
        <translation>{0} ist kein Schlüssel im PEM-Format ohne Passwort</translation>
    </message>
    <message>
        <source>{0} is no picture&apos;s name</source>
        <translation>{0} ist kein Name eines Bildes</translation>
    </message>
    <message>
        <source>{0} is no profile&apos;s name</source>
        <translation>{0} ist kein Name eines Profils</translation>
    </message>
    <message>
        <source>{0} is not one key with those held down with it</source>
        <translation>{0} ist keine einzelne Taste mit solchen, die dazu gehalten werden</translation>
    </message>
    <message>
        <source>{0} is on, and shows what Understudy makes</source>
        <translation>{0} ist an und zeigt, was Understudy erzeugt</translation>
    </message>
    <message>
        <source>{0} may not be read</source>
        <translation>{0} darf nicht gelesen werden</translation>
    </message>
    <message>
        <source>{0} pictures; expected 1 to {1}</source>
        <translation>{0} Bilder; erwartet werden 1 bis {1}</translation>
    </message>
    <message>
        <source>{0} samples, expected a multiple of {1}</source>
        <translation>{0} Abtastwerte, erwartet wird ein Vielfaches von {1}</translation>
    </message>
    <message>
        <source>{0} shows a face for {1} s beside the last {2} s, which are for judging; expected {3} s or more, better three minutes</source>
        <translation>{0} zeigt {1} s lang ein Gesicht, ohne die letzten {2} s, die zum Prüfen dienen; nötig sind mindestens {3} s, besser drei Minuten</translation>
    </message>
    <message>
        <source>{0} shows no face</source>
        <translation>{0} zeigt kein Gesicht</translation>
    </message>
    <message>
        <source>{0} shows no picture</source>
        <translation>{0} zeigt kein Bild</translation>
    </message>
    <message>
        <source>{0} takes no more sound: {1}</source>
        <translation>{0} nimmt keinen Ton mehr an: {1}</translation>
    </message>
    <message>
        <source>{0} Then look whether it is muted: Settings, System, Sound, Input.</source>
        <translation>{0} Sehen Sie dann nach, ob es stummgeschaltet ist: Einstellungen, System, Sound, Eingabe.</translation>
    </message>
    <message>
        <source>{0} voices</source>
        <translation>{0} Stimmen</translation>
    </message>
    <message>
        <source>{0} was left out: {1}</source>
        <translation>{0} wurde ausgelassen: {1}</translation>
    </message>
    <message>
        <source>{0} was refused ({1})</source>
        <translation>{0} wurde verweigert ({1})</translation>
    </message>
    <message>
        <source>{0} would take too much memory to read</source>
        <translation>{0} würde zum Lesen zu viel Speicher brauchen</translation>
    </message>
    <message>
        <source>{0} {1} instead of {2}{3}</source>
        <translation>{0} {1} statt {2}{3}</translation>
    </message>
    <message>
        <source>{0}, but Understudy is not installed</source>
        <translation>{0}, aber Understudy ist nicht installiert</translation>
    </message>
    <message>
        <source>{0}, packed with all that is needed</source>
        <translation>{0}, mit allem Nötigen verpackt</translation>
    </message>
    <message>
        <source>{0}, then `systemctl --user enable --now pipewire pipewire-pulse wireplumber`.</source>
        <translation>{0}, dann `systemctl --user enable --now pipewire pipewire-pulse wireplumber`.</translation>
    </message>
    <message>
        <source>{0}, then restart the computer.</source>
        <translation>{0}, dann starten Sie den Computer neu.</translation>
    </message>
    <message>
        <source>{0}, then start again.</source>
        <translation>{0}, dann starten Sie noch einmal.</translation>
    </message>
    <message>
        <source>{0}, with wrong packages: {1}</source>
        <translation>{0}, aber falsche Pakete: {1}</translation>
    </message>
    <message>
        <source>{0}, {1} of {2} GiB free, CUDA {3}</source>
        <translation>{0}, {1} von {2} GiB frei, CUDA {3}</translation>
    </message>
    <message>
        <source>{0}. Close the programs that use the camera before.</source>
        <translation>{0}. Schließen Sie vorher die Programme, die die Kamera benutzen.</translation>
    </message>
    <message>
        <source>{0}: damaged in line {1}</source>
        <translation>{0}: beschädigt in Zeile {1}</translation>
    </message>
    <message>
        <source>{0}: expected a JSON object, found {1}</source>
        <translation>{0}: erwartet wird ein JSON-Objekt, gefunden wurde {1}</translation>
    </message>
    <message>
        <source>{0}: field {1} is missing</source>
        <translation>{0}: Das Feld {1} fehlt</translation>
    </message>
    <message>
        <source>{0}: format {1}, expected {2}</source>
        <translation>{0}: Format {1}, erwartet wird {2}</translation>
    </message>
    <message>
        <source>{0}: it holds more than letters</source>
        <translation>{0}: enthält mehr als Buchstaben</translation>
    </message>
    <message>
        <source>{0}: its config does not fit: {1}</source>
        <translation>{0}: Seine Konfiguration passt nicht: {1}</translation>
    </message>
    <message>
        <source>{0}: its weights do not fit its config: {1}</source>
        <translation>{0}: Seine Gewichte passen nicht zu seiner Konfiguration: {1}</translation>
    </message>
    <message>
        <source>{0}: longer than {1} letters</source>
        <translation>{0}: länger als {1} Buchstaben</translation>
    </message>
    <message>
        <source>{0}: unknown field {1}</source>
        <translation>{0}: unbekanntes Feld {1}</translation>
    </message>
    <message>
        <source>{0}: {1} fits none of {2}</source>
        <translation>{0}: {1} passt zu keinem von {2}</translation>
    </message>
    <message>
        <source>{0}: {1} is no number that can be used</source>
        <translation>{0}: {1} ist keine brauchbare Zahl</translation>
    </message>
    <message>
        <source>{0}: {1} is not of type {2}</source>
        <translation>{0}: {1} ist nicht vom Typ {2}</translation>
    </message>
    <message>
        <source>{0}: {1} is not one of {2}</source>
        <translation>{0}: {1} gibt es nicht, nur {2}</translation>
    </message>
    <message>
        <source>{0}; all {1} packages are there</source>
        <translation>{0}; alle {1} Pakete sind da</translation>
    </message>
    <message>
        <source>{0}x{1} is no size for video: both sides must be even and at least 2 pixels</source>
        <translation>{0}x{1} ist keine Größe für Video: Beide Seiten müssen gerade sein und mindestens 2 Pixel messen</translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>A recording that was cut off is kept: {0}</source>
        <translation>Eine abgebrochene Aufnahme ist erhalten: {0}</translation>
    </message>
    <message>
        <source>&amp;Plugins</source>
        <translation>&amp;Plugins</translation>
    </message>
    <message>
        <source>Se&amp;ttings</source>
        <translation>&amp;Einstellungen</translation>
    </message>
    <message>
        <source>A&amp;bout</source>
        <translation>Ü&amp;ber</translation>
    </message>
</context>
<context>
    <name>SoundPage</name>
    <message>
        <source>Microphone output</source>
        <translation>Mikrofon-Ausgang</translation>
    </message>
    <message>
        <source>Listen yourself</source>
        <translation>Selbst mithören</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;help&quot;&gt;No virtual microphone found. How to get one&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;help&quot;&gt;Kein virtuelles Mikrofon gefunden. So bekommen Sie eines&lt;/a&gt;</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Automatic: typed text and audio files only</source>
        <translation>Automatisch: nur Geschriebenes und Tondateien</translation>
    </message>
    <message>
        <source>Use headphones, or your microphone will pick this up.</source>
        <translation>Benutzen Sie Kopfhörer, sonst nimmt Ihr Mikrofon das wieder auf.</translation>
    </message>
    <message>
        <source>In your meeting program, choose “{name}” as microphone.</source>
        <translation>Wählen Sie in Ihrem Besprechungsprogramm „{name}“ als Mikrofon.</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
    <message>
        <source>Virtual microphone</source>
        <translation>Virtuelles Mikrofon</translation>
    </message>
    <message>
        <source>{name} (not found)</source>
        <translation>{name} (nicht gefunden)</translation>
    </message>
</context>
<context>
    <name>SpeakLine</name>
    <message>
        <source>Type what to say. Enter speaks, ↑ brings back what was said</source>
        <translation>Schreiben Sie, was gesagt wird. Eingabe spricht, ↑ holt Gesagtes zurück</translation>
    </message>
    <message>
        <source>Text to speak</source>
        <translation>Text, der gesprochen wird</translation>
    </message>
    <message>
        <source>Speak</source>
        <translation>Sprechen</translation>
    </message>
    <message>
        <source>Stop speaking (Esc)</source>
        <translation>Nicht weitersprechen (Esc)</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Add a person first.</source>
        <translation>Fügen Sie zuerst eine Person hinzu.</translation>
    </message>
    <message>
        <source>Getting {name} ready…</source>
        <translation>{name} wird vorbereitet …</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird beendet …</translation>
    </message>
</context>
<context>
    <name>Tabs</name>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>&amp;Live</translation>
    </message>
    <message>
        <source>&amp;Output</source>
        <translation>&amp;Ausgabe</translation>
    </message>
    <message>
        <source>Chec&amp;k-up</source>
        <translation>&amp;Diagnose</translation>
    </message>
    <message>
        <source>Only the OBS page can be transparent: turn it on under Output.</source>
        <translation>Nur die OBS-Seite kann durchsichtig sein: unter „Ausgabe“ einschalten.</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Stop first: this page tries the very devices that are in use</source>
        <translation>Erst beenden: Diese Seite probiert genau die Geräte aus, die gerade benutzt werden</translation>
    </message>
</context>
<context>
    <name>Teaching</name>
    <message>
        <source>T&amp;each with a film…</source>
        <translation>&amp;Mit einem Film anlernen…</translation>
    </message>
    <message>
        <source>For&amp;get what it learned</source>
        <translation>&amp;Gelerntes vergessen</translation>
    </message>
    <message>
        <source>Not removed</source>
        <translation>Nicht entfernt</translation>
    </message>
</context>
<context>
    <name>TeachingDialog</name>
    <message>
        <source>Teach with a film</source>
        <translation>Mit einem Film anlernen</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>Films ({0})</source>
        <translation>Filme ({0})</translation>
    </message>
    <message>
        <source>Looking for the face in every picture of the film…</source>
        <translation>Das Gesicht wird in jedem Bild des Films gesucht…</translation>
    </message>
    <message>
        <source>Learning from {0} s of film; {1} min left</source>
        <translation>Lernt aus {0} s Film; noch {1} min</translation>
    </message>
    <message>
        <source>This computer is slow for that: to learn enough it needs about {0} min.</source>
        <translation>Dieser Computer ist dafür langsam: Um genug zu lernen, braucht er etwa {0} min.</translation>
    </message>
    <message>
        <source>&amp;Use it</source>
        <translation>&amp;Verwenden</translation>
    </message>
    <message>
        <source>Face and mouth: {0} dB before, {1} dB now</source>
        <translation>Gesicht und Mund: vorher {0} dB, jetzt {1} dB</translation>
    </message>
    <message>
        <source>Error of movement: {0} before, {1} now</source>
        <translation>Fehler der Bewegung: vorher {0}, jetzt {1}</translation>
    </message>
    <message>
        <source> (not better, so it stays as it was)</source>
        <translation> (nicht besser, bleibt also wie zuvor)</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>Time to learn</source>
        <translation>Lernzeit</translation>
    </message>
    <message>
        <source>&amp;Film</source>
        <translation>&amp;Film</translation>
    </message>
    <message>
        <source>&amp;Time to learn</source>
        <translation>Lern&amp;zeit</translation>
    </message>
    <message>
        <source>Who is it?</source>
        <translation>Wer ist es?</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Start</translation>
    </message>
    <message>
        <source>Three minutes or more of one person who talks, alone in the picture, facing the camera. It is learned on this computer while you go on working; the last half minute is kept back to check whether it got better.</source>
        <translation>Mindestens drei Minuten einer Person, die spricht, allein im Bild, das Gesicht zur Kamera. Gelernt wird auf diesem Computer, während Sie weiterarbeiten; an der letzten halben Minute wird geprüft, ob es besser geworden ist.</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>nothing yet: preview only</source>
        <translation>noch nichts, nur Vorschau</translation>
    </message>
    <message>
        <source>{rate} fps · {late} s delay</source>
        <translation>{rate} Bilder/s · {late} s Verzögerung</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>Schnappschuss</translation>
    </message>
    <message>
        <source>● Recording</source>
        <translation>● Aufnahme</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;outputs&quot;&gt;Sending to&lt;/a&gt;: {0}</source>
        <translation>&lt;a href=&quot;outputs&quot;&gt;Geht an&lt;/a&gt;: {0}</translation>
    </message>
    <message>
        <source>Go live</source>
        <translation>Live gehen</translation>
    </message>
    <message>
        <source>Start preview</source>
        <translation>Vorschau starten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Muted</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>{state} · muted</source>
        <translation>{state} · stumm</translation>
    </message>
    <message>
        <source>Mutes your voice; the portrait stays idle</source>
        <translation>Schaltet Ihre Stimme stumm; die Person wartet ruhig</translation>
    </message>
    <message>
        <source>Others see a placeholder and hear nothing</source>
        <translation>Andere sehen einen Platzhalter und hören nichts</translation>
    </message>
    <message>
        <source>Saves the picture as others see it</source>
        <translation>Speichert das Bild so, wie andere es sehen</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Show the window</source>
        <translation>Fenster zeigen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Understudy beenden</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
</context>
<context>
    <name>Voice</name>
    <message>
        <source>Voice</source>
        <translation>Stimme</translation>
    </message>
    <message>
        <source>{title} is broken: its options cannot be shown ({error}).</source>
        <translation>{title} ist defekt: Die Optionen lassen sich nicht zeigen ({error}).</translation>
    </message>
</context>
<context>
    <name>VoiceEngines</name>
    <message>
        <source>Asking each voice what it can speak…</source>
        <translation>Jede Stimme wird gefragt, was sie sprechen kann…</translation>
    </message>
    <message>
        <source>Voices for typed text</source>
        <translation>Stimmen für getippten Text</translation>
    </message>
    <message>
        <source>The voices could not be asked; the log says why.</source>
        <translation>Die Stimmen ließen sich nicht fragen; das Protokoll sagt, warum.</translation>
    </message>
</context>
<context>
    <name>WebcamDialog</name>
    <message>
        <source>Take a photo</source>
        <translation>Ein Foto machen</translation>
    </message>
    <message>
        <source>One moment: the webcam is waking up…</source>
        <translation>Einen Moment: Die Webcam wacht auf …</translation>
    </message>
    <message>
        <source>Look into the camera, mouth closed, with light from the front.</source>
        <translation>In die Kamera blicken, Mund geschlossen, Licht von vorn.</translation>
    </message>
    <message>
        <source>&amp;Take photo</source>
        <translation>Foto &amp;machen</translation>
    </message>
    <message>
        <source>Webcam</source>
        <translation>Webcam</translation>
    </message>
    <message>
        <source>No webcam found. Plug one in, and open this again.</source>
        <translation>Keine Webcam gefunden. Schließen Sie eine an, und öffnen Sie dies erneut.</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Get started</source>
        <translation>Los geht&apos;s</translation>
    </message>
    <message>
        <source>Welcome to Understudy</source>
        <translation>Willkommen bei Understudy</translation>
    </message>
    <message>
        <source>Understudy&apos;s mark</source>
        <translation>Das Zeichen von Understudy</translation>
    </message>
    <message>
        <source>What it is for</source>
        <translation>Wofür es da ist</translation>
    </message>
    <message>
        <source>You speak, and a portrait performs your voice, live, as a webcam: a character you invented, a drawn self, or yourself on a bad day.</source>
        <translation>Sie sprechen, und ein Porträt spricht live mit Ihrer Stimme, als Webcam: eine erfundene Figur, Ihr gezeichnetes Ich oder Sie selbst an einem schlechten Tag.</translation>
    </message>
    <message>
        <source>What it&apos;s not for</source>
        <translation>Wofür es nicht gedacht ist</translation>
    </message>
    <message>
        <source>It&apos;s not for posing as someone who didn&apos;t agree, or getting past identity checks. A person is only saved together with their consent, and unless you decide otherwise every picture says that it&apos;s AI-generated.</source>
        <translation>Nicht, um sich als jemand auszugeben, der nicht zugestimmt hat, und nicht, um Identitätsprüfungen zu umgehen. Eine Person wird nur zusammen mit ihrer Zustimmung gespeichert, und wenn Sie nichts anderes wollen, sagt jedes Bild, dass es KI-erzeugt ist.</translation>
    </message>
    <message>
        <source>Nothing, except the picture and voice you choose to share. No account, no cloud, no tracking; photos and voices stay here, and the log holds neither.</source>
        <translation>Nichts außer dem Bild und der Stimme, die Sie selbst weitergeben. Kein Konto, keine Cloud, kein Mitzählen; Fotos und Stimmen bleiben hier, und das Protokoll enthält weder das eine noch das andere.</translation>
    </message>
    <message>
        <source>What leaves this computer</source>
        <translation>Was diesen Computer verlässt</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Saved: {0}</source>
        <translation>Gespeichert: {0}</translation>
    </message>
</context>
</TS>
