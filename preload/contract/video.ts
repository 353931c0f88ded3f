import { z } from 'zod';
import { edit, floats, job, query, rowId } from './define.ts';

export const videoInfo = z.object({
	videoId: rowId,
	name: z.string(),
	path: z.string(),
	/** A file, or a folder of pictures. */
	kind: z.enum(['file', 'folder']),
	/** Size of the decoded picture, after rotation. */
	width: z.int(),
	height: z.int(),
	/** Width of a pixel over its height; for drawing only. */
	pixelAspect: z.number(),
	frameCount: z.int(),
	durationSeconds: z.number(),
	/** Mean frames a second. */
	frameRate: z.number(),
	isVariableRate: z.boolean(),
	codec: z.string(),
	sizeBytes: z.number(),
	/** `missing`: the source is not where it was. */
	source: z.enum(['ready', 'missing']),
	trackCount: z.int(),
	environment: z.string().nullable(),
	split: z.string().nullable(),
	/** What a person should know of this source (unreadable frames, say). */
	notices: z.array(z.string()),
});

export const importProblem = z.object({
	path: z.string(),
	code: z.string(),
	message: z.string(),
	data: z.unknown(),
});

export const mediaProbe = z.object({
	path: z.string(),
	kind: z.enum(['file', 'folder']),
	container: z.string(),
	codec: z.string(),
	width: z.int(),
	height: z.int(),
	codedWidth: z.int(),
	codedHeight: z.int(),
	rotationDegrees: z.int(),
	pixelAspect: z.number(),
	frameCount: z.int(),
	durationSeconds: z.number(),
	frameRate: z.number(),
	isVariableRate: z.boolean(),
	keyframeCount: z.int(),
	sizeBytes: z.number(),
	notices: z.array(z.string()),
});

const videoRef = z.object({ videoId: rowId });

export const videoContract = {
	list: query(z.undefined(), z.array(videoInfo)),
	get: query(videoRef, videoInfo),
	/** Presentation time of every frame, in seconds, ascending; frame 0 need not be at 0. */
	index: query(videoRef, z.object({ ptsSeconds: floats })),
	/** Reads a file's or folder's facts without importing it. */
	probe: job(z.object({ path: z.string().min(1) }), mediaProbe),
	/** Imports files and folders of pictures; what cannot be read comes back as a problem, the rest is imported. */
	import: job(
		z.object({ paths: z.array(z.string().min(1)).min(1) }),
		z.object({ videoIds: z.array(rowId), problems: z.array(importProblem) }),
	),
	/** Points a video at its source's new place; refused where it is another video. */
	relocate: job(z.object({ videoId: rowId, path: z.string().min(1) }), videoInfo),
	update: edit(
		z.object({
			videoId: rowId,
			name: z.string().trim().min(1).max(200).optional(),
			environment: z.string().max(200).nullable().optional(),
			split: z.string().max(200).nullable().optional(),
		}),
		z.null(),
	),
	/** Removes a video and its tracks from the project; the source file is left alone. */
	remove: edit(videoRef, z.null()),
};

export type VideoInfo = z.infer<typeof videoInfo>;
export type MediaProbe = z.infer<typeof mediaProbe>;
export type ImportProblem = z.infer<typeof importProblem>;

/**
 * Path of the exact picture of a frame, under a host's origin. `maxSide` scales it down (filmstrip, thumbnails); without
 * it the picture has its full size.
 */
export function framePath(videoId: number, frameIndex: number, options: { maxSide?: number } = {}): string {
	return `/frame/${videoId}/${frameIndex}.jpg${options.maxSide ? `?maxSide=${options.maxSide}` : ''}`;
}

/** Path of the source itself, served by ranges, for playback only. */
export function playbackPath(videoId: number): string {
	return `/playback/${videoId}`;
}
