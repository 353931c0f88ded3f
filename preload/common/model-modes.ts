/*
 * Modes: what makes SAM 2 quicker and changes its masks. All are off by default. One record, which the contract
 * validates, the command line names and the studio shows.
 */

/** How a model is run on this machine. */
export type ModelModes = {
	/** `half`: pictures are looked at at half the size. */
	size: 'full' | 'half';
	/** `int8`: whole numbers of one byte in the heaviest layers. */
	weights: 'fp32' | 'int8';
	/** Frames of memory that a frame looks back at, the prompted ones not counted. */
	memory: '6' | '3' | '1';
	/** `pooled`: four neighbouring places of a memory are one. */
	places: 'all' | 'pooled';
	/** The model sees every so many frames; the built-in model fills in between. */
	stride: '1' | '2' | '4';
};
export type ModeName = keyof ModelModes;

type ModeEntry<N extends ModeName> = {
	label: string;
	/** What it buys and what it costs. */
	tip: string;
	/** The first one is the default. */
	choices: readonly { value: ModelModes[N]; label: string }[];
	/** Whether its graphs have to be made from the weights file first. */
	needsGraphs: boolean;
};

export const modeTable: { readonly [N in ModeName]: ModeEntry<N> } = {
	size: {
		label: 'Image size',
		tip: 'Half the size is more than five times as quick and uses a quarter of the cache. Thin parts and small objects lose their edges',
		choices: [
			{ value: 'full', label: '1024' },
			{ value: 'half', label: '512' },
		],
		needsGraphs: true,
	},
	weights: {
		label: 'Numbers',
		tip: 'One-byte numbers make a frame up to 1.4 times as quick, and the model a third of the size. Masks waver a little at their edges; hard frames may tip over',
		choices: [
			{ value: 'fp32', label: '32 bits' },
			{ value: 'int8', label: '8 bits' },
		],
		needsGraphs: true,
	},
	memory: {
		label: 'Memory frames',
		tip: 'Looking back at three frames makes tracking 1.2 times as quick, at one 1.35 times. An object that was hidden or changes quickly is lost sooner',
		choices: [
			{ value: '6', label: '6' },
			{ value: '3', label: '3' },
			{ value: '1', label: '1' },
		],
		needsGraphs: false,
	},
	places: {
		label: 'Memory detail',
		tip: 'Four neighbouring places of a memory are looked at as one: tracking an object is 1.3 times as quick. Fine structure is followed less exactly',
		choices: [
			{ value: 'all', label: 'Full' },
			{ value: 'pooled', label: 'Pooled' },
		],
		needsGraphs: true,
	},
	stride: {
		label: 'Frames seen',
		tip: 'The model sees every second or fourth frame, and the built-in model carries masks to those between: quicker by nearly as much. Quick motion and short occlusions between are missed',
		choices: [
			{ value: '1', label: 'Every frame' },
			{ value: '2', label: 'Every 2nd' },
			{ value: '4', label: 'Every 4th' },
		],
		needsGraphs: false,
	},
};

export const modeNames = Object.keys(modeTable) as ModeName[];

export const defaultModes: ModelModes = { size: 'full', weights: 'fp32', memory: '6', places: 'all', stride: '1' };

/** Modes that are not at their default, as the command line names them: "size=half weights=int8"; "none". */
export function describeModes(modes: ModelModes): string {
	const changed = modeNames.filter((name) => modes[name] !== defaultModes[name]);
	return changed.length === 0 ? 'none' : changed.map((name) => `${name}=${modes[name]}`).join(' ');
}

/** Reads "stride=2" or, as no two modes share a word, "int8"; null where it is no mode. */
export function parseMode(text: string): Partial<ModelModes> | null {
	const [, wantedName, value] = /^(?:([a-z]+)=)?(\w+)$/.exec(text) ?? [];
	const name = modeNames.find((candidate) => {
		const isMeant = wantedName === undefined ? !/^\d/.test(value ?? '') : wantedName === candidate;
		return isMeant && modeTable[candidate].choices.some((choice) => choice.value === value);
	});
	return name === undefined ? null : { [name]: value };
}
