import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { byteRange } from './byte-range.ts';

/** A file, or the range of it that the request asks for, streamed. Null where there is no such file. */
export async function fileResponse(
	path: string,
	request: Request,
	options: { mimeType?: string; cacheControl: string },
): Promise<Response | null> {
	const file = await open(path, 'r').catch(() => null);
	const stats = await file?.stat();
	if (!file || !stats?.isFile()) {
		await file?.close();
		return null;
	}
	const headers = new Headers({
		'accept-ranges': 'bytes',
		'cache-control': options.cacheControl,
		'content-type': options.mimeType ?? mimeTypeOf(path),
	});
	const range = byteRange(request.headers.get('range'), stats.size);
	if (range === 'unsatisfiable') {
		await file.close();
		headers.set('content-range', `bytes */${stats.size}`);
		return new Response(null, { status: 416, headers });
	}
	const { first, last } = range ?? { first: 0, last: stats.size - 1 };
	headers.set('content-length', String(last - first + 1));
	if (range) {
		headers.set('content-range', `bytes ${first}-${last}/${stats.size}`);
	}
	const status = range ? 206 : 200;
	if (request.method === 'HEAD' || last < first) {
		await file.close();
		return new Response(null, { status, headers });
	}
	// The stream closes the file at its end, or when the reader goes away.
	const stream = file.createReadStream({ start: first, end: last, highWaterMark: 1 << 18 });
	return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status, headers });
}

const mimeTypes: Readonly<Record<string, string>> = {
	'.css': 'text/css; charset=utf-8',
	'.html': 'text/html; charset=utf-8',
	'.ico': 'image/x-icon',
	'.jpg': 'image/jpeg',
	'.js': 'text/javascript; charset=utf-8',
	'.json': 'application/json',
	'.mjs': 'text/javascript; charset=utf-8',
	'.png': 'image/png',
	'.svg': 'image/svg+xml',
	'.wasm': 'application/wasm',
	'.woff2': 'font/woff2',
};

function mimeTypeOf(path: string): string {
	return mimeTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
}
