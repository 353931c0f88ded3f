import { z } from 'zod';
import { provenances, verdicts } from '../common/masklet.ts';
import { bytes, command, edit, frameIndex, frameRange, job, nothing, query, rowId } from './define.ts';

/** Where a frame's mask came from. */
export const provenance = z.enum(provenances);
export type Provenance = z.infer<typeof provenance>;

/** Lane codes: index into this list + 1; 0 is a hole (no record on that frame). */
export const laneKinds: readonly Provenance[] = provenances;

export const verdict = z.enum(verdicts);

export const track = z.object({
	trackId: rowId,
	videoId: rowId,
	name: z.string(),
	labelId: rowId.nullable(),
	colour: z.string(),
	isVisible: z.boolean(),
	isLocked: z.boolean(),
	verdict,
	/** Place in the list, from 0. */
	position: z.int(),
});

export const scores = z.object({
	predictedIou: z.number().nullable(),
	objectScore: z.number().nullable(),
	stability: z.number().nullable(),
});

const point = z.object({ x: z.number().finite(), y: z.number().finite() });
/** A mask on the wire: COCO's compressed counts, of the video's size. */
export const maskBytes = bytes;

export const prompt = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('point'), x: z.number().finite(), y: z.number().finite(), isPositive: z.boolean() }),
	z
		.object({
			kind: z.literal('box'),
			x0: z.number().finite(),
			y0: z.number().finite(),
			x1: z.number().finite(),
			y1: z.number().finite(),
		})
		.refine((box) => box.x0 < box.x1 && box.y0 < box.y1, 'a box has x0 < x1 and y0 < y1'),
	z.object({
		kind: z.literal('stroke'),
		points: z.array(point).min(1).max(10_000),
		radius: z.number().positive().max(2_000),
		isPositive: z.boolean(),
	}),
	z.object({ kind: z.literal('mask'), mask: maskBytes, origin: z.enum(['given', 'propagated']) }),
]);
export type WirePrompt = z.infer<typeof prompt>;

/** One track on one frame. */
export const frameMask = z.object({
	trackId: rowId,
	frameIndex,
	mask: maskBytes,
	provenance,
	isAnchor: z.boolean(),
	/** The model's mask for the newest prompts is still being made; `mask` is the one before. */
	isPending: z.boolean(),
	/** A run that is not published yet put it here. */
	isPreview: z.boolean(),
	isUncertain: z.boolean(),
	scores,
	prompts: z.array(z.object({ promptId: rowId, prompt })),
});

/** A track over the whole video, one byte a frame, for the timeline. */
export const lane = z.object({
	trackId: rowId,
	revision: z.int(),
	/** 0 a hole, else 1 + index in `laneKinds`. Length is the video's frame count. */
	kinds: bytes,
	/** Bit 0 anchor, bit 1 uncertain, bit 2 pending. */
	flags: bytes,
	/** Predicted IoU x 254; 255 none. */
	ious: bytes,
});

/**
 * `both`: each frame from its nearest anchor. `between`: frames between two anchors alone, from both and blended; they are
 * `interpolated` then.
 */
export const direction = z.enum(['forward', 'backward', 'both', 'between']);

export const runResult = z.object({
	passIds: z.array(rowId),
	frameCount: z.int(),
	absentCount: z.int(),
	uncertainCount: z.int(),
	isPublished: z.boolean(),
});

export const pass = z.object({
	passId: rowId,
	videoId: rowId,
	trackIds: z.array(rowId),
	modelId: z.string(),
	state: z.enum(['running', 'interrupted', 'published', 'dropped']),
	doneCount: z.int(),
	totalCount: z.int(),
});

const trackRef = z.object({ trackId: rowId });
const trackFields = {
	name: z.string().trim().min(1).max(200).optional(),
	labelId: rowId.nullable().optional(),
	colour: z
		.string()
		.regex(/^#[0-9a-f]{6}$/i)
		.optional(),
};

export const trackContract = {
	list: query(z.object({ videoId: rowId }), z.array(track)),
	lane: query(trackRef, lane),
	/** Every track's mask on one frame; tracks with a hole there are left out. */
	frame: query(z.object({ videoId: rowId, frameIndex }), z.array(frameMask)),
	create: edit(z.object({ videoId: rowId, ...trackFields }), track),
	update: edit(
		z.object({ trackId: rowId, ...trackFields, isVisible: z.boolean().optional(), isLocked: z.boolean().optional() }),
		z.null(),
	),
	remove: edit(trackRef, z.null()),
	/**
	 * Carries tracks through a range. Anchors are never overwritten; without `trackIds` every unlocked track with an
	 * anchor is carried. `both`, the default, goes from each anchor to the middle between two anchors.
	 */
	propagate: job(
		z.object({
			videoId: rowId,
			trackIds: z.array(rowId).min(1).optional(),
			range: frameRange.optional(),
			direction: direction.default('both'),
			modelId: z.string().optional(),
		}),
		runResult,
	),
	/** Passes that were cut off (by a kill, say) and wait for a decision. */
	interruptedPasses: query(nothing, z.array(pass)),
	resumePass: job(z.object({ passId: rowId }), runResult),
	publishPass: edit(z.object({ passId: rowId }), z.null()),
	dropPass: command(z.object({ passId: rowId }), z.null()),
};

export type Track = z.infer<typeof track>;
export type FrameMask = z.infer<typeof frameMask>;
export type Lane = z.infer<typeof lane>;
export type Direction = z.infer<typeof direction>;
export type RunResult = z.infer<typeof runResult>;
export type Pass = z.infer<typeof pass>;
export type Verdict = z.infer<typeof verdict>;
export type Scores = z.infer<typeof scores>;
