import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type Download, NotThere } from '../../services/device/nvidia/download.ts';

const redirectLimit = 5;

/** Fetches a file, following redirects to addresses that may be asked. A broken download leaves its part. */
export const download: Download = async (url, target, { signal, onProgress, checkAddress }) => {
	const response = await ask(url, { signal, checkAddress });
	const total = response.headers.get('content-length');
	const totalBytes = total === null || response.headers.has('content-encoding') ? null : Number(total);
	let receivedBytes = 0;
	const counting = new Transform({
		transform(chunk: Uint8Array, _encoding, done) {
			receivedBytes += chunk.byteLength;
			onProgress(receivedBytes, totalBytes);
			done(null, chunk);
		},
	});
	const body = Readable.fromWeb(response.body as ReadableStream);
	await pipeline(body, counting, createWriteStream(target), { signal });
	if (totalBytes !== null && receivedBytes !== totalBytes) {
		throw new Error(`${receivedBytes} of ${totalBytes} bytes came`);
	}
};

async function ask(
	url: string,
	options: { signal: AbortSignal; checkAddress: (url: string) => void },
): Promise<Response> {
	let address = url;
	for (let count = 0; count <= redirectLimit; count++) {
		options.checkAddress(address);
		const response = await fetch(address, { signal: options.signal, redirect: 'manual' });
		const location = response.headers.get('location');
		if (response.status >= 300 && response.status < 400 && location !== null) {
			await response.body?.cancel();
			address = new URL(location, address).href;
			continue;
		}
		if (response.ok && response.body) {
			return response;
		}
		await response.body?.cancel();
		const Failure = response.status === 404 ? NotThere : Error;
		throw new Failure(`the server answers ${response.status}`);
	}
	throw new Error(`it leads on more than ${redirectLimit} times`);
}
