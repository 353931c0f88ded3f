import { assert, present } from '../../preload/common/assert.ts';
import { putBlob } from './blob.ts';
import { all, first, sql } from './db.ts';
import type { EditDb } from './edit.ts';
import { deleteRow, insertRow, patchRow, updateRow } from './row-write.ts';
import type { FrameKey, Json, StoredPrompt } from './types.ts';

/** Takes a video and all it has out of the record. Its rows stay until `compact`, so that this and undo are quick. */
export function removeVideo(db: EditDb, videoId: number): void {
	patchRow(db, 'video', videoId, { removedEditId: db.edit.editId });
}

/** Takes a track with its frames out of the record, as `removeVideo` does. */
export function removeTrack(db: EditDb, trackId: number): void {
	patchRow(db, 'track', trackId, { removedEditId: db.edit.editId });
}

/** Deletes a label; tracks of it (removed ones too) lose it. */
export function removeLabel(db: EditDb, labelId: number): void {
	const tracks = all<{ trackId: number }>(
		db,
		sql`SELECT trackId FROM track WHERE labelId = @labelId ORDER BY trackId`,
		{ labelId },
	);
	for (const { trackId } of tracks) {
		updateRow(db, 'track', trackId, { labelId: null });
	}
	deleteRow(db, 'label', labelId);
}

/** Adds a prompt to a frame that has a row, after the others where no position is given. Returns its id. */
export function insertPrompt(db: EditDb, input: FrameKey & { prompt: StoredPrompt; position?: number }): number {
	const { trackId, frameIndex, prompt } = input;
	const position = input.position ?? nextPosition(db, { trackId, frameIndex });
	return insertRow(db, 'prompt', { trackId, frameIndex, position, ...promptColumns(db, prompt) });
}

export function updatePrompt(db: EditDb, promptId: number, prompt: StoredPrompt): void {
	updateRow(db, 'prompt', promptId, promptColumns(db, prompt));
}

export function deletePrompt(db: EditDb, promptId: number): void {
	deleteRow(db, 'prompt', promptId);
}

function promptColumns(
	db: EditDb,
	prompt: StoredPrompt,
): { kind: StoredPrompt['kind']; shape: Json; maskId: number | null } {
	const { kind, ...rest } = prompt;
	if ('mask' in rest) {
		const { mask, ...shape } = rest;
		return { kind, shape, maskId: putBlob(db, mask) };
	}
	assert(
		Object.values(rest).every((value) => typeof value !== 'number' || Number.isFinite(value)),
		'a prompt with a number that is not finite',
	);
	return { kind, shape: rest as Json, maskId: null };
}

function nextPosition(db: EditDb, key: FrameKey): number {
	const row = first<{ position: number }>(
		db,
		sql`
			SELECT coalesce(max(position) + 1, 0) AS position FROM prompt
			WHERE trackId = @trackId AND frameIndex = @frameIndex
		`,
		{ trackId: key.trackId, frameIndex: key.frameIndex },
	);
	return present(row, 'a position').position;
}
