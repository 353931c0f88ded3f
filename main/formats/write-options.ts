/** How to write the files of one video; common to all formats. */
export type WriteOptions = {
	/** Where the files go; made if it is not there. */
	folder: string;
	/** NAME of the files; `fileStem(video.name)` when left out. */
	stem?: string;
	/** One entry every K frames: frames 0, K, 2K ... */
	every?: number;
	/** Half-open. Frames outside are not exported: empty in SA-V, left out in COCO. */
	range?: { from: number; to: number };
	/** Overwrite files that are there. */
	isForced?: boolean;
	/** Refuse where frames were never annotated, instead of warning. */
	isStrict?: boolean;
	/** Extension of the pictures of the exported frames; what `file_name` ends with. */
	pictureExtension?: 'jpg' | 'png';
	signal?: AbortSignal;
	/** Frames written so far. */
	onProgress?: (doneCount: number, totalCount: number) => void;
};

/** What an export would write and say, known before a mask is read. */
export type WritePlan = { paths: string[]; frameIndexes: Int32Array; holeCount: number; warnings: string[] };

export type WriteResult = { paths: string[]; warnings: string[]; frameCount: number; maskCount: number };
