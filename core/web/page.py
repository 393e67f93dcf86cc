"""What OBS's browser source loads: a canvas that asks for one picture after the other.

It asks again when it has drawn, so a slow viewer skips pictures and never lags behind; when the
program is gone it turns transparent, and comes back with it. Where the background is transparent,
the lower half of a picture says in grey how opaque the upper half is.
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Understudy</title>
<style>
  html, body { margin: 0; height: 100%; overflow: hidden; background: transparent; }
  canvas { display: block; width: 100%; height: 100%; object-fit: contain; }
</style>
<canvas width="16" height="9"></canvas>
<script>
  const view = document.querySelector("canvas"), pen = view.getContext("2d");
  const aside = document.createElement("canvas");
  const knife = aside.getContext("2d", { willReadFrequently: true });
  const PAUSE = 500, PATIENCE = 4;  // milliseconds between tries, tries until the picture goes
  let known = -1, failed = 0;

  async function show() {
    const answer = await fetch("picture?known=" + known, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    if (answer.status === 204) return;
    const picture = await createImageBitmap(await answer.blob());
    const cut = answer.headers.get("Picture-Cover") === "below";
    draw(picture, picture.width, picture.height / (cut ? 2 : 1), cut);
    picture.close();
    known = answer.headers.get("Picture-Number");
  }

  function draw(picture, width, height, cut) {
    if (view.width !== width || view.height !== height)
      [view.width, view.height] = [width, height];
    if (!cut) {
      pen.drawImage(picture, 0, 0);
      return;
    }
    if (aside.width !== width || aside.height !== 2 * height)
      [aside.width, aside.height] = [width, 2 * height];
    knife.drawImage(picture, 0, 0);
    const person = knife.getImageData(0, 0, width, height);
    const cover = knife.getImageData(0, height, width, height).data;
    for (let at = 3; at < cover.length; at += 4) person.data[at] = cover[at - 2];
    pen.putImageData(person, 0, 0);
  }

  async function live() {
    for (;;) {
      try {
        await show();
        failed = 0;
      } catch {
        if (++failed === PATIENCE) pen.clearRect(0, 0, view.width, view.height);
        await new Promise(done => setTimeout(done, PAUSE));
      }
    }
  }

  live();
</script>
</html>
"""
