export type DownloadOptions = {
	signal: AbortSignal;
	onProgress: (receivedBytes: number, totalBytes: number | null) => void;
	/** Throws where an address, or one that it leads to, may not be asked. */
	checkAddress: (url: string) => void;
};

/** Fetches a file into its place over the network; a host gives it. */
export type Download = (url: string, target: string, options: DownloadOptions) => Promise<void>;

/** The server answered, and has no such file. */
export class NotThere extends Error {
	override name = 'NotThere';
}
