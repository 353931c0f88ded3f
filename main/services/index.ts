import type { DialogKind } from '../../preload/contract/host.ts';
import type { EventName, Events } from '../../preload/contract/events.ts';
import type { Handlers } from '../../preload/rpc/handlers.ts';

/** What a host alone knows; the services build `host.*` on it. */
export type HostDeps = {
	kind: 'electron' | 'loopback' | 'cli';
	/** The product's version. */
	version: string;
	/** `linux`, `darwin`, `win32`. */
	platform: string;
	/** Native file dialogs; elsewhere the studio shows its own browser. Then `pick` and `reveal` are there. */
	hasDialogs: boolean;
	/** A dropped file has a path; elsewhere it is uploaded. */
	hasDropPaths: boolean;
	/** Where a new project is proposed. */
	documentsFolder: string;
	/** Shows a native dialog; empty when cancelled. */
	pick?: (input: { kind: DialogKind; suggestedName?: string | undefined }) => Promise<string[]>;
	/** Opens the file manager at a path. */
	reveal?: (path: string) => Promise<void>;
};

export type ServiceEvent = { [K in EventName]: { name: K; payload: Events[K] } }[EventName];

/** A picture of a frame, ready to be sent. */
export type EncodedPicture = { bytes: Uint8Array; mimeType: 'image/jpeg' | 'image/png' };

/** What a host serves: the contract's handlers, its events, and the bytes that travel by URL. */
export type Services = {
	handlers: Handlers;
	/** Every event of the contract; returns how to stop. */
	onEvent(listener: (event: ServiceEvent) => void): () => void;
	/** The exact picture of a frame, scaled down so that no side is over `maxSide`. */
	picture(
		videoId: number,
		frameIndex: number,
		options: { maxSide?: number; signal: AbortSignal },
	): Promise<EncodedPicture>;
	/** The file to play a video from; null where there is none (a folder of pictures). */
	playbackSource(videoId: number): Promise<{ path: string; mimeType: string } | null>;
	/** Writes an upload into the project's media folder under a free name made from `name`; its path. */
	acceptUpload(name: string, body: AsyncIterable<Uint8Array>, options: { signal: AbortSignal }): Promise<string>;
	/** One exact frame of a file or folder that need not be in a project. */
	looseFrame(
		path: string,
		frameIndex: number,
		options: { format: 'jpg' | 'png'; signal: AbortSignal },
	): Promise<{ bytes: Uint8Array; width: number; height: number }>;
	/** Ends jobs and children, closes the project. */
	close(): Promise<void>;
};

export type { ServiceDeps } from './context.ts';
export { createServices } from './create-services.ts';
