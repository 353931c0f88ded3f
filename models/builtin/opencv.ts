/**
 * OpenCV compiled to WebAssembly, loaded once for a tracker. Only what the model uses is typed here: the package's own
 * types cover a part of its functions and mistake some.
 */
export interface CvMat {
	readonly rows: number;
	readonly cols: number;
	readonly data: Uint8Array;
	readonly data32S: Int32Array;
	readonly data32F: Float32Array;
	delete(): void;
}

type MatConstructor = new (rows?: number, cols?: number, type?: number) => CvMat;

export interface Cv {
	readonly Mat: MatConstructor;
	readonly Size: new (width: number, height: number) => object;
	readonly CV_8UC1: number;
	readonly CV_8UC3: number;
	readonly CV_32FC1: number;
	readonly COLOR_RGB2Lab: number;
	readonly INTER_AREA: number;
	readonly INTER_LINEAR: number;
	readonly DIST_L2: number;
	resize(source: CvMat, target: CvMat, size: object, fx: number, fy: number, interpolation: number): void;
	cvtColor(source: CvMat, target: CvMat, code: number): void;
	boxFilter(source: CvMat, target: CvMat, depth: number, size: object): void;
	distanceTransform(source: CvMat, target: CvMat, type: number, maskSize: number): void;
	connectedComponentsWithStats(source: CvMat, labels: CvMat, stats: CvMat, centroids: CvMat): number;
}

type CvModule = Cv & { calledRun?: boolean; onRuntimeInitialized?: () => void };

const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Loads the library (about half a second). The package hooks the process's fatal events to abort the WebAssembly
 * module; those hooks are taken off again, as errors are the host's to handle.
 */
export async function loadOpenCv(): Promise<Cv> {
	const before = new Map(events.map((event) => [event, process.listeners(event as 'uncaughtException')]));
	// Required and not imported: the module has a `then` that resolves with itself, so that a loader which awaits it
	// (a test runner's, say) never comes back.
	const { createRequire } = process.getBuiltinModule('node:module');
	const cv = createRequire(import.meta.url)('@techstark/opencv-js') as CvModule;
	if (!cv.calledRun) {
		await new Promise<void>((resolve) => {
			cv.onRuntimeInitialized = resolve;
		});
	}
	for (const event of events) {
		for (const listener of process.listeners(event as 'uncaughtException')) {
			if (!before.get(event)!.includes(listener)) {
				process.removeListener(event, listener);
			}
		}
	}
	// Nor may our own callers' `await` meet it.
	Object.defineProperty(cv, 'then', { value: undefined, configurable: true, writable: true });
	return cv;
}

/** Mats of one computation, freed together: `using mats = new Mats(cv)`. */
export class Mats {
	readonly #cv: Cv;
	readonly #owned: CvMat[] = [];

	constructor(cv: Cv) {
		this.#cv = cv;
	}

	/** An uninitialised mat; without a size, one that the next call allocates. */
	create(rows?: number, cols?: number, type?: number): CvMat {
		const mat = rows === undefined ? new this.#cv.Mat() : new this.#cv.Mat(rows, cols, type);
		this.#owned.push(mat);
		return mat;
	}

	/** 8-bit, `data.length === rows * cols * channels`. */
	from8U(data: Uint8Array, rows: number, cols: number, type: number): CvMat {
		const mat = this.create(rows, cols, type);
		mat.data.set(data);
		return mat;
	}

	[Symbol.dispose](): void {
		for (const mat of this.#owned) {
			mat.delete();
		}
		this.#owned.length = 0;
	}
}
