"""Draws what the logs say of IoU in training, smoothed, as one SVG:

    python curves.py --carrier log-carrier.jsonl --prompter log-prompter.jsonl --out curves.svg
"""

import argparse
import json
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, EDGE = 780, 240, 40, 16, 300
LOWEST = 0.3
# Lines of the log that one point is the mean of.
SMOOTH = 5
CARRIER = {'iou': ('carried', '#2a78d6')}
PROMPTER = {
    'first': ('a box or a click', '#2a78d6'),
    'first_click': ('one click, wide window', '#c7771a'),
    'after4': ('after 4 corrections', '#2b8a3e'),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--carrier', required=True)
    parser.add_argument('--prompter', required=True)
    parser.add_argument('--out', required=True)
    options = parser.parse_args()
    parts = [
        *plot('Carrying a mask, five frames', read(options.carrier), CARRIER, LEFT),
        *plot('First masks', read(options.prompter), PROMPTER, LEFT + EDGE + 70),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    Path(options.out).write_text('\n'.join([head, ground, *parts, '</svg>', '']))


def read(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def plot(title, lines, series, left):
    height = HEIGHT - TOP - 40
    last = lines[-1]['step']
    at = lambda step, value: (left + EDGE * step / last, TOP + height * (1 - (value - LOWEST) / (1 - LOWEST)))
    parts = [f'<text x="{left}" y="{TOP - 4}" font-weight="bold">{title}: IoU by step</text>']
    for tick in (0.4, 0.6, 0.8, 1.0):
        y = at(0, tick)[1]
        parts.append(f'<path d="M{left} {y:.1f}h{EDGE}" stroke="#ddd"/><text x="{left - 24}" y="{y + 4:.1f}">{tick}</text>')
    for step in (0, last // 2, last):
        parts.append(f'<text x="{at(step, 0)[0]:.0f}" y="{TOP + height + 14}" text-anchor="middle">{step}</text>')
    label = left
    for key, (name, colour) in series.items():
        known = [(line['step'], line[key]) for line in lines if line.get(key) is not None]
        points = []
        for end in range(SMOOTH, len(known) + 1):
            some = known[end - SMOOTH : end]
            points.append(at(some[-1][0], max(LOWEST, sum(value for _, value in some) / SMOOTH)))
        drawn = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{label}" y="{HEIGHT - 6}" fill="{colour}">{name}</text>')
        label += 6.2 * len(name) + 14
    return parts


if __name__ == '__main__':
    main()
