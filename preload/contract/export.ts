import { z } from 'zod';
import { frameRange, job, query, rowId } from './define.ts';

export const exportFormat = z.enum(['sav', 'coco']);

const exportOptions = z.object({
	format: exportFormat,
	/** All videos when left out. */
	videoIds: z.array(rowId).min(1).optional(),
	folder: z.string().min(1),
	/** One entry every K frames. */
	every: z.int().positive().default(1),
	/** Half-open; frames outside are not exported: empty in SA-V, left out in COCO. */
	range: frameRange.optional(),
	/** Pictures of the exported frames beside the file. */
	frames: z.enum(['none', 'jpg', 'png']).default('none'),
	/** Overwrite files that are there. */
	isForced: z.boolean().default(false),
	/** Refuse where frames were never annotated, instead of warning. */
	isStrict: z.boolean().default(false),
});

export const exportContract = {
	/** Files that would be written and what a person should know before. */
	plan: query(
		exportOptions,
		z.object({
			files: z.array(z.object({ path: z.string(), isThere: z.boolean() })),
			warnings: z.array(z.string()),
		}),
	),
	start: job(exportOptions, z.object({ files: z.array(z.string()), warnings: z.array(z.string()) })),
};

export type ExportFormat = z.infer<typeof exportFormat>;
export type ExportOptions = z.input<typeof exportOptions>;
