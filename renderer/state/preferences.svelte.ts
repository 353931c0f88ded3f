/** What a person left where: kept in the browser, per project where it belongs to one. Never annotations. */
export type ProjectView = {
	videoId: number | null;
	/** By video. */
	frames: Record<string, number>;
	tracks: Record<string, number | null>;
	ranges: Record<string, { from: number; to: number } | null>;
};

export type Theme = 'dark' | 'light';
export const hintIds = ['click', 'propagate', 'correct', 'export'] as const;
export type HintId = (typeof hintIds)[number];

type Stored = {
	theme: Theme;
	isLeftOpen: boolean;
	isRightOpen: boolean;
	timelineHeight: number;
	brushRadius: number;
	hintsSeen: HintId[];
	exportFolder: string | null;
	browseFolder: string | null;
	views: Record<string, ProjectView>;
};

const storageKey = 'masklet.preferences';
const mostViews = 30;
const defaults: Stored = {
	theme: 'dark',
	isLeftOpen: true,
	isRightOpen: true,
	timelineHeight: 208,
	brushRadius: 12,
	hintsSeen: [],
	exportFolder: null,
	browseFolder: null,
	views: {},
};

/** Where preferences are kept: `localStorage`, or a map in tests. */
export type Storage = { getItem(key: string): string | null; setItem(key: string, value: string): void };

export class Preferences {
	#values = $state.raw<Stored>(defaults);
	readonly #storage: Storage;

	constructor(storage: Storage) {
		this.#storage = storage;
		this.#values = { ...defaults, ...readStored(storage) };
	}

	get values(): Readonly<Stored> {
		return this.#values;
	}

	set(change: Partial<Stored>): void {
		this.#values = { ...this.#values, ...change };
		try {
			this.#storage.setItem(storageKey, JSON.stringify(this.#values));
		} catch {
			// A full or forbidden storage costs a convenience, nothing of the work.
		}
	}

	viewOf(projectPath: string): ProjectView {
		return this.#values.views[projectPath] ?? { videoId: null, frames: {}, tracks: {}, ranges: {} };
	}

	setView(projectPath: string, view: ProjectView): void {
		const others = Object.entries(this.#values.views).filter(([path]) => path !== projectPath);
		this.set({ views: Object.fromEntries([...others.slice(1 - mostViews), [projectPath, view]]) });
	}

	sawHint(hint: HintId): void {
		if (!this.#values.hintsSeen.includes(hint)) {
			this.set({ hintsSeen: [...this.#values.hintsSeen, hint] });
		}
	}

	/** The first hint that has not been followed yet. */
	get hint(): HintId | null {
		return hintIds.find((hint) => !this.#values.hintsSeen.includes(hint)) ?? null;
	}
}

function readStored(storage: Storage): Partial<Stored> {
	try {
		const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? '{}');
		if (typeof stored !== 'object' || stored === null) {
			return {};
		}
		const entries = Object.entries(stored).filter(
			([key, value]) => key in defaults && isAlike(defaults[key as keyof Stored], value),
		);
		return Object.fromEntries(entries);
	} catch {
		return {};
	}
}

function isAlike(expected: unknown, value: unknown): boolean {
	return expected === null
		? value === null || typeof value === 'string'
		: typeof expected === typeof value && Array.isArray(expected) === Array.isArray(value) && value !== null;
}
