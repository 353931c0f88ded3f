import type { Theme } from '../state/preferences.svelte.ts';

/** Canvas colours of a theme; the CSS has the others. */
export type TimelinePalette = {
	ground: string;
	line: string;
	text: string;
	faint: string;
	accent: string;
	amber: string;
	red: string;
	rim: string;
};

const palettes: Record<Theme, TimelinePalette> = {
	dark: {
		ground: '#14171b',
		line: '#2c313a',
		text: '#9aa3ae',
		faint: '#3b424d',
		accent: '#5b9dff',
		amber: '#ffb454',
		red: '#ff6b6b',
		rim: '#0b0d10',
	},
	light: {
		ground: '#ffffff',
		line: '#d3d8df',
		text: '#555e6a',
		faint: '#b6bec9',
		accent: '#1a66d6',
		amber: '#c47a00',
		red: '#d03030',
		rim: '#ffffff',
	},
};

export function timelinePalette(theme: Theme): TimelinePalette {
	return palettes[theme];
}
