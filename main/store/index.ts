/** The store, as services use it. SQL and the writable connection stay inside. */
export { putBlob, readBlob } from './blob.ts';
export { collectBlobs, type Tidied } from './collect.ts';
export { compact } from './compact.ts';
export type { ReadDb } from './db.ts';
export {
	amendEdit,
	runCommand,
	runEdit,
	setProjectColumns,
	setVideoColumns,
	type CommandDb,
	type EditDb,
} from './edit.ts';
export { frameMasks, type FrameMaskRecord } from './frame-mask.ts';
export { deleteFrames, updateFrame, writeFrame } from './frame-write.ts';
export {
	anchorsOf,
	countFrames,
	pendingFrames,
	readFrame,
	readMask,
	readPrompt,
	type FrameCounts,
	type FrameRecord,
	type MaskRecord,
	type PendingFrame,
	type PromptRecord,
} from './frame.ts';
export { takeWriterLock } from './lock.ts';
export { historyState, lastEditOfFrame, listEdits, redo, undo } from './history.ts';
export { readLane, type LaneArrays } from './lane.ts';
export { openStore, type OpenOptions, type Store } from './open.ts';
export type { Published } from './pass-publish.ts';
export {
	appendPassFrames,
	beginPass,
	dropPass,
	interruptedPasses,
	interruptPass,
	passSegments,
	publishPass,
	readPass,
	resumePass,
} from './pass.ts';
export { projectSuffix } from './project-file.ts';
export { deletePrompt, insertPrompt, removeLabel, removeTrack, removeVideo, updatePrompt } from './record-write.ts';
export {
	listLabels,
	listTracks,
	listVideos,
	projectCounts,
	readProject,
	readTrack,
	readVideo,
	type VideoRecord,
} from './record.ts';
export { deleteRow, insertRow, updateRow } from './row-write.ts';
export type * from './types.ts';
