import { planCoco, writeCoco } from './coco/write.ts';
import type { VideoRecord } from './record.ts';
import { planSav, writeSav } from './sav/write.ts';
import type { WriteOptions, WritePlan, WriteResult } from './write-options.ts';

export type Writer = {
	plan(record: VideoRecord, options: WriteOptions): Promise<WritePlan>;
	write(record: VideoRecord, options: WriteOptions): Promise<WriteResult>;
};

/** Every format that can be written, by the name that the contract and the command line give it. */
export const writers: Record<'sav' | 'coco', Writer> = {
	sav: { plan: planSav, write: writeSav },
	coco: { plan: planCoco, write: writeCoco },
};
