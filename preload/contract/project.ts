import { z } from 'zod';
import { command, edit, nothing, query, rowId } from './define.ts';

export const projectInfo = z.object({
	path: z.string(),
	name: z.string(),
	isReadOnly: z.boolean(),
	/** The model that new prompts and runs use. */
	modelId: z.string(),
	videoCount: z.int(),
	trackCount: z.int(),
});

export const recentProject = z.object({
	path: z.string(),
	name: z.string(),
	openedAtMillis: z.number(),
	isThere: z.boolean(),
});

export const label = z.object({ labelId: rowId, name: z.string(), colour: z.string() });

const labelName = z.string().trim().min(1).max(200);
const colour = z.string().regex(/^#[0-9a-f]{6}$/i);

export const projectContract = {
	current: query(nothing, projectInfo.nullable()),
	recent: query(nothing, z.array(recentProject)),
	/** Creates `path` (ends in `.masklet`) and opens it. `file.exists` where something is there. */
	create: command(z.object({ path: z.string().min(1), name: z.string().trim().min(1).max(200) }), projectInfo),
	/** Opens a project; read-only where another Masklet holds it. */
	open: command(z.object({ path: z.string().min(1) }), projectInfo),
	/** Makes (once) and opens the sample project in the user's data folder. */
	openSample: command(nothing, projectInfo),
	close: command(nothing, z.null()),
	forgetRecent: command(z.object({ path: z.string() }), z.null()),
	labels: query(nothing, z.array(label)),
	addLabel: edit(z.object({ name: labelName, colour: colour.optional() }), label),
	updateLabel: edit(z.object({ labelId: rowId, name: labelName.optional(), colour: colour.optional() }), z.null()),
	/** Tracks of the label keep their masks and lose the label. */
	removeLabel: edit(z.object({ labelId: rowId }), z.null()),
};

export type ProjectInfo = z.infer<typeof projectInfo>;
export type RecentProject = z.infer<typeof recentProject>;
export type Label = z.infer<typeof label>;
