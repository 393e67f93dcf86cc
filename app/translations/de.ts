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
        <source>Open the log&apos;s &amp;folder</source>
        <translation>&amp;Ordner des Protokolls öffnen</translation>
    </message>
    <message>
        <source>The log holds no sound, no pictures and no names.</source>
        <translation>Das Protokoll enthält weder Ton noch Bilder noch Namen.</translation>
    </message>
    <message>
        <source>A portrait performs your voice, live, as a webcam. Everything happens on this computer. Not for posing as somebody who did not agree, nor for getting past checks of identity.</source>
        <translation>Ein Porträt spricht live mit Ihrer Stimme, als Webcam. Alles geschieht auf diesem Computer. Nicht dafür gedacht, sich als jemand auszugeben, der nicht eingewilligt hat, oder Identitätsprüfungen zu umgehen.</translation>
    </message>
    <message>
        <source>Licences of what it stands on</source>
        <translation>Lizenzen der verwendeten Software</translation>
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
    <name>Air</name>
    <message>
        <source>Not live</source>
        <translation>Nicht live</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
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
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Choose a person and a voice, then press Start.</source>
        <translation>Wählen Sie eine Person und eine Stimme, dann drücken Sie Start.</translation>
    </message>
    <message>
        <source>One moment: the person is getting ready…</source>
        <translation>Einen Moment: Die Person macht sich bereit …</translation>
    </message>
    <message>
        <source>This did not work; the line below says why, and what helps.</source>
        <translation>Das hat nicht geklappt; die Zeile unten sagt, woran es liegt und was hilft.</translation>
    </message>
</context>
<context>
    <name>BackgroundChoice</name>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Behind &amp;you</source>
        <translation>&amp;Hinter Ihnen</translation>
    </message>
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
        <source>Colour…</source>
        <translation>Farbe …</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose the background&apos;s colour</source>
        <translation>Farbe des Hintergrunds wählen</translation>
    </message>
    <message>
        <source>Choose the background&apos;s picture</source>
        <translation>Bild für den Hintergrund wählen</translation>
    </message>
    <message>
        <source>As in the photo</source>
        <translation>Wie auf dem Foto</translation>
    </message>
    <message>
        <source>The photo&apos;s, blurred</source>
        <translation>Wie auf dem Foto, unscharf</translation>
    </message>
    <message>
        <source>A colour</source>
        <translation>Eine Farbe</translation>
    </message>
    <message>
        <source>A picture of your own</source>
        <translation>Ein eigenes Bild</translation>
    </message>
</context>
<context>
    <name>BadgeChoice</name>
    <message>
        <source>Show “AI-generated” in the picture</source>
        <translation>„AI-generated“ im Bild zeigen</translation>
    </message>
    <message>
        <source>Place of the mark</source>
        <translation>Ort der Kennzeichnung</translation>
    </message>
    <message>
        <source>Size of the mark</source>
        <translation>Größe der Kennzeichnung</translation>
    </message>
    <message>
        <source>How the mark will look</source>
        <translation>So wird die Kennzeichnung aussehen</translation>
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
        <source>Pl&amp;ace</source>
        <translation>&amp;Ort</translation>
    </message>
    <message>
        <source>Size of l&amp;etters</source>
        <translation>Schri&amp;ftgröße</translation>
    </message>
    <message>
        <source>Without the mark?</source>
        <translation>Ohne Kennzeichnung?</translation>
    </message>
    <message>
        <source>Others will not see that the picture is made by a computer.</source>
        <translation>Andere sehen dann nicht mehr, dass ein Computer das Bild erzeugt.</translation>
    </message>
    <message>
        <source>Whoever takes it for a camera picture may be deceived. In many places the law asks that such pictures say what they are; then you have to say it yourself, before anybody is in doubt.</source>
        <translation>Wer es für ein Kamerabild hält, wird womöglich getäuscht. Vielerorts verlangt das Gesetz, dass solche Bilder als künstlich zu erkennen sind; dann müssen Sie es selbst sagen, bevor jemand zweifeln kann.</translation>
    </message>
    <message>
        <source>&amp;Keep the mark</source>
        <translation>Kennzeichnung &amp;behalten</translation>
    </message>
    <message>
        <source>&amp;Leave it out</source>
        <translation>&amp;Weglassen</translation>
    </message>
</context>
<context>
    <name>BrowserChoice</name>
    <message>
        <source>Serve a page that OBS shows as a browser source</source>
        <translation>Eine Seite bereitstellen, die OBS als Browserquelle zeigt</translation>
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
        <source>In OBS: Sources, Add, Browser; give it this address and the picture&apos;s size.</source>
        <translation>In OBS: Quellen, Hinzufügen, Browser; dort diese Adresse und die Bildgröße eintragen.</translation>
    </message>
</context>
<context>
    <name>CameraChoice</name>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Look again for virtual cameras</source>
        <translation>Noch einmal nach virtuellen Kameras suchen</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;help&quot;&gt;No camera found. How to get one&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;help&quot;&gt;Keine Kamera gefunden. So bekommen Sie eine&lt;/a&gt;</translation>
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
        <source>{0} is there now; look again.</source>
        <translation>{0} ist jetzt da; suchen Sie noch einmal.</translation>
    </message>
</context>
<context>
    <name>ChoiceBox</name>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
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
        <source>There is nobody to show yet: add a person.</source>
        <translation>Es gibt noch niemanden zu zeigen: Fügen Sie eine Person hinzu.</translation>
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
        <source>N&amp;obody real: drawn or made by a computer</source>
        <translation>&amp;Niemand Echtes: gezeichnet oder vom Computer erzeugt</translation>
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
    <message>
        <source>The person shown is me, or has agreed to this use.</source>
        <translation>Die gezeigte Person bin ich, oder sie hat dieser Verwendung zugestimmt.</translation>
    </message>
</context>
<context>
    <name>DoctorPage</name>
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
        <source>{count} failed.</source>
        <translation>{count} fehlgeschlagen.</translation>
    </message>
    <message>
        <source>Nothing failed.</source>
        <translation>Nichts ist fehlgeschlagen.</translation>
    </message>
    <message>
        <source>Testing… {done}</source>
        <translation>Prüfung läuft … {done}</translation>
    </message>
    <message>
        <source>State of the tests</source>
        <translation>Stand der Prüfungen</translation>
    </message>
</context>
<context>
    <name>Film</name>
    <message>
        <source>Recorded: {0}</source>
        <translation>Aufgenommen: {0}</translation>
    </message>
    <message>
        <source>{folder} cannot be made ({reason}); choose another folder</source>
        <translation>{folder} lässt sich nicht anlegen ({reason}); wählen Sie einen anderen Ordner</translation>
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
    <name>Keepsakes</name>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
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
        <source>&amp;Start</source>
        <translation>&amp;Start</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>Au&amp;fnehmen</translation>
    </message>
    <message>
        <source>S&amp;napshot</source>
        <translation>Schnappsch&amp;uss</translation>
    </message>
    <message>
        <source>Saves the picture as others see it</source>
        <translation>Speichert das Bild so, wie andere es sehen</translation>
    </message>
    <message>
        <source>&amp;Framing</source>
        <translation>Ausschni&amp;tt</translation>
    </message>
    <message>
        <source>Drag the picture to move it, scroll to zoom; arrow keys, +, - and 0 do too</source>
        <translation>Bild ziehen zum Verschieben, scrollen zum Zoomen; auch mit Pfeiltasten, +, - und 0</translation>
    </message>
    <message>
        <source>Use this &amp;voice now</source>
        <translation>Diese St&amp;imme jetzt benutzen</translation>
    </message>
    <message>
        <source>Where it goes</source>
        <translation>Wohin es geht</translation>
    </message>
    <message>
        <source>{0}. &lt;a href=&quot;outputs&quot;&gt;Change&lt;/a&gt;</source>
        <translation>{0}. &lt;a href=&quot;outputs&quot;&gt;Ändern&lt;/a&gt;</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Stimme</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Goes to</source>
        <translation>Geht an</translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Sound file</source>
        <translation>Tondatei</translation>
    </message>
    <message>
        <source>Text to speech</source>
        <translation>Vorgelesener Text</translation>
    </message>
    <message>
        <source>Begin again at the end.</source>
        <translation>Am Ende wieder von vorn beginnen.</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Verstärkung</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Pause between words</source>
        <translation>Pause zwischen Wörtern</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Pitch</source>
        <translation>Tonhöhe</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>Wiederholen</translation>
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
        <source>words per minute</source>
        <translation>Wörter pro Minute</translation>
    </message>
    <message>
        <source>Stay silent instead of ending when all is said.</source>
        <translation>Still bleiben statt zu enden, wenn alles gesagt ist.</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Wait for more</source>
        <translation>Auf mehr warten</translation>
    </message>
    <message>
        <source>What is spoken first; more can be typed while it speaks.</source>
        <translation>Was zuerst gesprochen wird; während des Sprechens lässt sich mehr eintippen.</translation>
    </message>
    <message>
        <source>The best engine that runs in real time on this machine</source>
        <translation>Die beste, die auf diesem Rechner in Echtzeit läuft</translation>
    </message>
    <message>
        <source>Neural: a trained avatar model draws the face</source>
        <translation>Neuronal: Ein trainiertes Avatar-Modell zeichnet das Gesicht</translation>
    </message>
    <message>
        <source>Puppet: moves the photo itself, on any CPU</source>
        <translation>Puppe: bewegt das Foto selbst, auf jeder CPU</translation>
    </message>
    <message>
        <source>Test card: a bar that rises with the voice</source>
        <translation>Testbild: ein Balken, der mit der Stimme steigt</translation>
    </message>
    <message>
        <source>Puppet engine on the CPU</source>
        <translation>Puppe, auf der CPU</translation>
    </message>
    <message>
        <source>Puppet engine on the CPU (no trained avatar model here)</source>
        <translation>Puppe, auf der CPU (kein trainiertes Avatar-Modell vorhanden)</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Standard des Systems</translation>
    </message>
</context>
<context>
    <name>Outputs</name>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Browser page</source>
        <translation>Browserseite</translation>
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
        <source>Mark</source>
        <translation>Kennzeichnung</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Recordings and snapshots</source>
        <translation>Aufnahmen und Schnappschüsse</translation>
    </message>
    <message>
        <source>browser page</source>
        <translation>Browserseite</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>this window only</source>
        <translation>nur dieses Fenster</translation>
    </message>
    <message>
        <source>{0}, with sound</source>
        <translation>{0}, mit Ton</translation>
    </message>
    <message>
        <source>{0}, no sound</source>
        <translation>{0}, ohne Ton</translation>
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
        <source>People that cannot be read</source>
        <translation>Personen, die sich nicht lesen lassen</translation>
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
</context>
<context>
    <name>PeopleMenu</name>
    <message>
        <source>Re&amp;name…</source>
        <translation>&amp;Umbenennen …</translation>
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
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
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
        <source>The face was found. To make it better:</source>
        <translation>Das Gesicht wurde gefunden. So wird es besser:</translation>
    </message>
    <message>
        <source>The face was found. This photo will do well.</source>
        <translation>Das Gesicht wurde gefunden. Dieses Foto eignet sich gut.</translation>
    </message>
</context>
<context>
    <name>PhotoJudge</name>
    <message>
        <source>The face is small: go closer, or cut the photo down.</source>
        <translation>Das Gesicht ist klein: Gehen Sie näher heran, oder schneiden Sie das Foto zu.</translation>
    </message>
    <message>
        <source>The face is turned away: look straight into the camera.</source>
        <translation>Das Gesicht ist abgewandt: Blicken Sie gerade in die Kamera.</translation>
    </message>
    <message>
        <source>The mouth is open: close the lips and keep a calm face.</source>
        <translation>Der Mund ist offen: Schließen Sie die Lippen, mit ruhigem Gesicht.</translation>
    </message>
    <message>
        <source>The head is cut off: leave some room around it.</source>
        <translation>Der Kopf ist angeschnitten: Lassen Sie etwas Platz um ihn.</translation>
    </message>
    <message>
        <source>It is too dark: turn towards a window or a lamp.</source>
        <translation>Es ist zu dunkel: Wenden Sie sich einem Fenster oder einer Lampe zu.</translation>
    </message>
    <message>
        <source>It is too bright: avoid flash and direct sun.</source>
        <translation>Es ist zu hell: Vermeiden Sie Blitz und direkte Sonne.</translation>
    </message>
</context>
<context>
    <name>Photos</name>
    <message>
        <source>Choose &amp;files…</source>
        <translation>&amp;Dateien wählen …</translation>
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
        <source>… or drop photos here. One from the front is enough.</source>
        <translation>… oder Fotos hierher ziehen. Eines von vorn genügt.</translation>
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
        <source>{0} frames a second</source>
        <translation>{0} Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>30 moves more evenly, a little later and for more work</source>
        <translation>30 bewegt sich gleichmäßiger, etwas später und mit mehr Aufwand</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Si&amp;ze</source>
        <translation>&amp;Größe</translation>
    </message>
    <message>
        <source>&amp;Rate</source>
        <translation>Bild&amp;rate</translation>
    </message>
    <message>
        <source>S&amp;hown</source>
        <translation>&amp;Zeigt</translation>
    </message>
    <message>
        <source>Size of the picture</source>
        <translation>Größe des Bildes</translation>
    </message>
    <message>
        <source>What of the photo is shown</source>
        <translation>Was vom Foto zu sehen ist</translation>
    </message>
    <message>
        <source>Head and shoulders, or as set for the person</source>
        <translation>Kopf und Schultern, oder wie bei der Person eingestellt</translation>
    </message>
    <message>
        <source>Whole photo, its surroundings continued</source>
        <translation>Ganzes Foto, die Umgebung fortgesetzt</translation>
    </message>
    <message>
        <source>Whole photo, with bars</source>
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
        <source>What is wrong with {title}</source>
        <translation>Was mit {title} nicht stimmt</translation>
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
        <source>Look a&amp;gain</source>
        <translation>Neu &amp;suchen</translation>
    </message>
    <message>
        <source>Voices</source>
        <translation>Stimmen</translation>
    </message>
    <message>
        <source>Each is a plugin of a Python package. A plugin that is not used is not even loaded. docs/plugins.md shows how to write one in a few lines.</source>
        <translation>Jede ist ein Plugin aus einem Python-Paket. Ein Plugin, das nicht benutzt wird, wird gar nicht erst geladen. docs/plugins.md zeigt, wie man in wenigen Zeilen eines schreibt.</translation>
    </message>
    <message>
        <source>{name}, from {package} {version}</source>
        <translation>{name}, aus {package} {version}</translation>
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
        <source>What it runs on, and why, is known once it is live.</source>
        <translation>Worauf sie läuft und warum, zeigt sich, sobald Sie live sind.</translation>
    </message>
    <message>
        <source>Like the system</source>
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
        <source>The language changes when Understudy is started again.</source>
        <translation>Die Sprache wechselt beim nächsten Start von Understudy.</translation>
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
        <source>Global keys</source>
        <translation>Globale Tasten</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation>Sp&amp;rache</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>They work whatever program is in front. Delete empties a field.</source>
        <translation>Sie wirken, welches Programm auch vorn ist. Entf leert ein Feld.</translation>
    </message>
    <message>
        <source>This system gives programs no global keys. In its keyboard settings, bind keys to the commands “understudy --tell mute”, “pause”, “toggle” or “show”.</source>
        <translation>Dieses System gibt Programmen keine globalen Tasten. Legen Sie in seinen Tastatureinstellungen Tasten auf die Befehle „understudy --tell mute“, „pause“, „toggle“ oder „show“.</translation>
    </message>
    <message>
        <source>Global key: {deed}</source>
        <translation>Globale Taste: {deed}</translation>
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
        <source>One moment: the person is getting ready…</source>
        <translation>Einen Moment: Die Person macht sich bereit …</translation>
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
        <source>&amp;Speak a line</source>
        <translation>Einen Satz s&amp;prechen</translation>
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
        <source>&amp;Stop speaking</source>
        <translation>S&amp;prechen beenden</translation>
    </message>
    <message>
        <source>Drag to move, scroll to zoom. The photos stay on this computer.</source>
        <translation>Ziehen verschiebt, Scrollen zoomt. Die Fotos bleiben auf diesem Computer.</translation>
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
    <name>Rehearsal</name>
    <message>
        <source>Hello! This is how I look when I speak.</source>
        <translation>Hallo! So sehe ich aus, wenn ich spreche.</translation>
    </message>
</context>
<context>
    <name>SayMore</name>
    <message>
        <source>Type what to say next…</source>
        <translation>Eintippen, was als Nächstes gesagt wird …</translation>
    </message>
    <message>
        <source>Text to speak next</source>
        <translation>Text, der als Nächstes gesprochen wird</translation>
    </message>
    <message>
        <source>Sa&amp;y</source>
        <translation>Sa&amp;gen</translation>
    </message>
</context>
<context>
    <name>Shell</name>
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
        <source>Voice goes to</source>
        <translation>Stimme geht an</translation>
    </message>
    <message>
        <source>Hear it myself</source>
        <translation>Selbst mithören</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;help&quot;&gt;No virtual microphone found. How to get one&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;help&quot;&gt;Kein virtuelles Mikrofon gefunden. So bekommen Sie eines&lt;/a&gt;</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Nowhere</source>
        <translation>Nirgends</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>In your meeting program, choose “{name}” as microphone.</source>
        <translation>Wählen Sie in Ihrem Besprechungsprogramm „{name}“ als Mikrofon.</translation>
    </message>
    <message>
        <source>Wear headphones: from a loudspeaker the voice would get back into the microphone.</source>
        <translation>Tragen Sie Kopfhörer: Aus einem Lautsprecher käme die Stimme zurück ins Mikrofon.</translation>
    </message>
    <message>
        <source>Virtual microphone</source>
        <translation>Virtuelles Mikrofon</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Voice to</source>
        <translation>Stimme an</translation>
    </message>
    <message>
        <source>Hear it</source>
        <translation>Mithören</translation>
    </message>
    <message>
        <source>{name} (not found)</source>
        <translation>{name} (nicht gefunden)</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
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
        <source>Turns only this preview, never what others see</source>
        <translation>Dreht nur diese Vorschau um, nie das, was andere sehen</translation>
    </message>
    <message>
        <source>The person hears nothing and idles</source>
        <translation>Die Person hört nichts und wartet ruhig</translation>
    </message>
    <message>
        <source>Others see a placeholder and hear nothing</source>
        <translation>Andere sehen einen Platzhalter und hören nichts</translation>
    </message>
    <message>
        <source>{rate} frames/s, {late} ms behind the voice</source>
        <translation>{rate} Bilder/s, {late} ms nach der Stimme</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Messwerte</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
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
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
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
        <source>I understand, let us begin</source>
        <translation>Verstanden, los geht’s</translation>
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
        <source>What it refuses</source>
        <translation>Wofür nicht</translation>
    </message>
    <message>
        <source>It is not for posing as somebody who did not agree, nor for getting past checks of identity. A person is only saved together with who agreed to it, and unless you decide otherwise every picture says that it is AI-generated.</source>
        <translation>Es ist nicht dafür da, sich als jemand auszugeben, der nicht eingewilligt hat, oder Identitätsprüfungen zu umgehen. Eine Person wird nur zusammen mit ihrer Einwilligung gespeichert, und wenn Sie nichts anderes bestimmen, sagt jedes Bild, dass es von KI erzeugt ist.</translation>
    </message>
    <message>
        <source>What leaves this computer</source>
        <translation>Was diesen Computer verlässt</translation>
    </message>
    <message>
        <source>Nothing, but the picture and the voice that you send to a meeting yourself. There is no account, no cloud and no counting of what you do; photos and voices stay here, and the log holds neither.</source>
        <translation>Nichts außer dem Bild und der Stimme, die Sie selbst in eine Besprechung senden. Es gibt kein Konto, keine Cloud und keine Statistik über Sie; Fotos und Stimmen bleiben hier, und das Protokoll enthält beides nicht.</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Saved: {0}</source>
        <translation>Gespeichert: {0}</translation>
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
        <source>&amp;Doctor</source>
        <translation>&amp;Diagnose</translation>
    </message>
</context>
</TS>
