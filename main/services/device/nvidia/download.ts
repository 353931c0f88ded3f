import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpAnswer, HttpGet } from '../../http-get.ts';

const redirectLimit = 5;

export type DownloadOptions = {
	signal: AbortSignal;
	onProgress: (receivedBytes: number, totalBytes: number | null) => void;
	/** Throws where an address, or one that it leads to, may not be asked. */
	checkAddress: (url: string) => void;
};

/** The server answered, and has no such file. */
export class NotThere extends Error {
	override name = 'NotThere';
}

/** Fetches a file into its place, following redirects to addresses that may be asked. A broken download leaves its part. */
export async function download(httpGet: HttpGet, url: string, target: string, options: DownloadOptions): Promise<void> {
	const { signal, onProgress } = options;
	const answer = await ask(httpGet, url, options);
	try {
		const total = answer.header('content-length');
		const totalBytes = total === null || answer.header('content-encoding') !== null ? null : Number(total);
		let receivedBytes = 0;
		const counting = new Transform({
			transform(chunk: Uint8Array, _encoding, done) {
				receivedBytes += chunk.byteLength;
				onProgress(receivedBytes, totalBytes);
				done(null, chunk);
			},
		});
		await pipeline(Readable.from(answer.body), counting, createWriteStream(target), { signal });
		if (totalBytes !== null && receivedBytes !== totalBytes) {
			throw new Error(`${receivedBytes} of ${totalBytes} bytes came`);
		}
	} finally {
		answer.close();
	}
}

async function ask(httpGet: HttpGet, url: string, options: DownloadOptions): Promise<HttpAnswer> {
	let address = url;
	for (let count = 0; count <= redirectLimit; count++) {
		options.checkAddress(address);
		const answer = await httpGet(new URL(address), { headers: {}, signal: options.signal });
		const location = answer.header('location');
		if (answer.status >= 200 && answer.status < 300) {
			return answer;
		}
		answer.close();
		if (answer.status < 300 || answer.status >= 400 || location === null) {
			const Failure = answer.status === 404 ? NotThere : Error;
			throw new Failure(`the server answers ${answer.status}`);
		}
		address = new URL(location, address).href;
	}
	throw new Error(`it leads on more than ${redirectLimit} times`);
}
