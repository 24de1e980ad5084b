"""Makes one GIF of the frames that record.mjs leaves: python film.py FRAMES OUT.gif (needs Pillow, by hand)."""

import json
import sys
from pathlib import Path

from PIL import Image

frames, out = Path(sys.argv[1]), Path(sys.argv[2])
durations = json.loads((frames / "durations.json").read_text(encoding="utf-8"))
images = [Image.open(frames / f"{n:03d}.png").convert("RGB") for n in range(len(durations))]
# One palette for all frames, so that what does not change costs nothing.
tall = Image.new("RGB", (images[0].width, images[0].height * len(images)))
for n, image in enumerate(images):
    tall.paste(image, (0, n * images[0].height))
palette = tall.quantize(128, dither=Image.Dither.NONE)
drawn = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
drawn[0].save(out, save_all=True, append_images=drawn[1:], duration=durations, loop=0, optimize=True)
