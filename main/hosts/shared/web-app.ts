import { join, resolve, sep } from 'node:path';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import { wireError } from '../../../preload/rpc/wire-error.ts';
import type { Services } from '../../services/index.ts';
import { securityHeaders } from './security-headers.ts';
import { fileResponse } from './send-file.ts';

export type WebAppOptions = {
	services: Pick<Services, 'picture' | 'playbackSource' | 'acceptUpload'>;
	/** The built pages: `out/renderer`. */
	rendererFolder: string;
	/** A dropped file has no path here, so that its bytes are taken. */
	takesUploads: boolean;
	onInternalError: (method: string, error: unknown) => void;
};

export type WebApp = (request: Request) => Promise<Response>;

/** What pages fetch by URL, the same in every host: the studio's files, frames, playback, uploads. */
export function createWebApp(options: WebAppOptions): WebApp {
	const root = resolve(options.rendererFolder);

	async function answer(request: Request, url: URL): Promise<Response | null> {
		const frame = /^\/frame\/(\d{1,15})\/(\d{1,15})\.jpg$/.exec(url.pathname);
		if (frame) {
			return sendFrame(options, request, { frame, maxSide: url.searchParams.get('maxSide') });
		}
		const playback = /^\/playback\/(\d{1,15})$/.exec(url.pathname);
		if (playback) {
			const source = await options.services.playbackSource(Number(playback[1]));
			return source && fileResponse(source.path, request, { mimeType: source.mimeType, cacheControl: 'no-store' });
		}
		return sendPage(root, request, url);
	}

	return async (request) => {
		const url = new URL(request.url);
		const response = await outcome(request, url).catch((error: unknown) => {
			if (!isStudioError(error) && !request.signal.aborted) {
				options.onInternalError(`${request.method} ${url.pathname}`, error);
			}
			return errorResponse(error);
		});
		for (const [name, value] of Object.entries(securityHeaders)) {
			response.headers.set(name, value);
		}
		return response;
	};

	async function outcome(request: Request, url: URL): Promise<Response> {
		const upload = /^\/upload\/([^/]+)$/.exec(url.pathname);
		if (upload && options.takesUploads && request.method === 'POST') {
			return takeUpload(options, request, upload[1]!);
		}
		if (request.method !== 'GET' && request.method !== 'HEAD') {
			return new Response('Method not allowed', { status: 405, headers: { allow: 'GET, HEAD' } });
		}
		return (await answer(request, url)) ?? new Response('Not found', { status: 404 });
	}
}

async function sendFrame(
	{ services }: WebAppOptions,
	request: Request,
	{ frame, maxSide }: { frame: RegExpExecArray; maxSide: string | null },
): Promise<Response> {
	if (maxSide !== null && !/^[1-9]\d{0,4}$/.test(maxSide)) {
		throw new StudioError('request.invalid', { method: 'frame', reason: 'maxSide: a whole number from 1 to 99999' });
	}
	const { bytes, mimeType } = await services.picture(Number(frame[1]), Number(frame[2]), {
		signal: request.signal,
		...(maxSide === null ? {} : { maxSide: Number(maxSide) }),
	});
	// Another project has another video under the same number.
	const headers = { 'cache-control': 'no-store', 'content-type': mimeType, 'content-length': String(bytes.byteLength) };
	return new Response(request.method === 'HEAD' ? null : (bytes as Uint8Array<ArrayBuffer>), { headers });
}

async function takeUpload({ services }: WebAppOptions, request: Request, encodedName: string): Promise<Response> {
	const name = safeFileName(decoded(encodedName));
	const body = (request.body ?? new ReadableStream()) as unknown as AsyncIterable<Uint8Array>;
	const path = await services.acceptUpload(name, body, { signal: request.signal });
	return Response.json({ path }, { status: 201, headers: { 'cache-control': 'no-store' } });
}

/** A file's own name: no folders, no control characters, none of the characters and names that a system refuses. */
export function safeFileName(name: string): string {
	const last = name.split(/[\\/]/).at(-1) ?? '';
	// eslint-disable-next-line no-control-regex
	const safe = last.replace(/[\u0000-\u001f<>:"|?*\u007f]/g, '_').replace(/^[\s.]+|[\s.]+$/g, '');
	if (safe === '') {
		throw new StudioError('request.invalid', { method: 'upload', reason: 'the file has no name' });
	}
	const isReserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe);
	return (isReserved ? `_${safe}` : safe).slice(-200);
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw new StudioError('request.invalid', { method: 'upload', reason: 'the file name is not encoded for a URL' });
	}
}

async function sendPage(root: string, request: Request, url: URL): Promise<Response | null> {
	const path = join(root, url.pathname === '/' ? 'index.html' : safeDecoded(url.pathname));
	if (!path.startsWith(root + sep)) {
		return null;
	}
	// Built assets carry their hash in their name; pages do not.
	const isHashed = url.pathname.startsWith('/assets/');
	return fileResponse(path, request, { cacheControl: isHashed ? 'private, max-age=31536000, immutable' : 'no-cache' });
}

function safeDecoded(pathname: string): string {
	try {
		const path = decodeURIComponent(pathname);
		return path.includes('\0') ? '' : path;
	} catch {
		return '';
	}
}

function errorResponse(error: unknown): Response {
	const { code, message } = wireError(error);
	return Response.json({ code, message }, { status: statusOf(code), headers: { 'cache-control': 'no-store' } });
}

function statusOf(code: string): number {
	if (code === 'request.internal') {
		return 500;
	}
	if (code === 'request.invalid') {
		return 400;
	}
	return /Unknown$|Outside$|\.notFound$/.test(code) ? 404 : 409;
}
