import { isStudioError } from '../../../preload/common/studio-error.ts';
import { rleArea, rleFromString } from '../../../preload/common/rle.ts';
import { isRecord, shown } from '../read-json.ts';
import { StatisticsBuilder } from './statistics.ts';

/** An SA-V file as it is after `findSavProblems` found nothing. */
export type SavFile = {
	video_id: string;
	video_duration: number;
	video_frame_count: number;
	video_height: number;
	video_width: number;
	video_resolution: number;
	/** The data set's own description has a list here, its files a string. */
	video_environment: string | string[];
	video_split: string;
	/** [entries][objects] */
	masklet: { size: [height: number, width: number]; counts: string }[][];
	masklet_id: number[];
	masklet_size_rel: number[];
	masklet_size_abs: number[];
	masklet_size_bucket: string[];
	masklet_visibility_changes: number[];
	masklet_first_appeared_frame: number[];
	masklet_frame_count: number[];
	masklet_edited_frame_count: number[];
	masklet_type: string[];
	/** [objects] of null, or [entries][objects] of numbers. */
	masklet_stability_score: (null | number | number[])[];
	masklet_num: number;
	/** Ours; the names of the objects, where a file has them. */
	masklet_name?: string[];
};

const numberKeys = [
	'video_duration',
	'video_frame_count',
	'video_height',
	'video_width',
	'video_resolution',
	'masklet_num',
] as const;
const listKeys: [key: keyof SavFile, type: 'number' | 'string'][] = [
	['masklet_id', 'number'],
	['masklet_size_rel', 'number'],
	['masklet_size_abs', 'number'],
	['masklet_size_bucket', 'string'],
	['masklet_visibility_changes', 'number'],
	['masklet_first_appeared_frame', 'number'],
	['masklet_frame_count', 'number'],
	['masklet_edited_frame_count', 'number'],
	['masklet_type', 'string'],
];

/** What keeps a file from being read as SA-V, one sentence each, naming key and place. Masks are not decoded. */
export function findSavProblems(value: unknown): string[] {
	if (!isRecord(value)) {
		return [`the file holds ${shown(value)} instead of an object`];
	}
	const problems: string[] = [];
	for (const key of ['video_id', 'video_split'] as const) {
		if (typeof value[key] !== 'string') {
			problems.push(`${key} is a text; found ${shown(value[key])}`);
		}
	}
	const environment = value.video_environment;
	if (typeof environment !== 'string' && !Array.isArray(environment)) {
		problems.push(`video_environment is a text; found ${shown(environment)}`);
	}
	for (const key of numberKeys) {
		if (typeof value[key] !== 'number' || !(value[key] >= 0)) {
			problems.push(`${key} is a number from 0; found ${shown(value[key])}`);
		}
	}
	if (!Array.isArray(value.masklet)) {
		problems.push(`masklet is a list of entries; found ${shown(value.masklet)}`);
	}
	if (problems.length > 0) {
		return problems;
	}
	const file = value as Partial<SavFile> as SavFile;
	if (file.video_height * file.video_width !== file.video_resolution) {
		problems.push(
			`video_resolution is height x width, ${file.video_height * file.video_width}; found ${file.video_resolution}`,
		);
	}
	for (const [key, type] of listKeys) {
		problems.push(...findListProblems(file, key, type));
	}
	problems.push(...findEntryProblems(file), ...findStabilityProblems(file));
	return problems;
}

/** Masks that cannot be decoded, and statistics that are not those of the masks; for a file without other problems. */
export function findSavInconsistencies(file: SavFile): string[] {
	const problems: string[] = [];
	const size = { width: file.video_width, height: file.video_height };
	const builders = Array.from({ length: file.masklet_num }, () => new StatisticsBuilder(size));
	for (const [entry, masks] of file.masklet.entries()) {
		for (const [index, { counts }] of masks.entries()) {
			try {
				builders[index]!.add(rleArea(rleFromString(size, counts)));
			} catch (error) {
				if (!isStudioError(error, 'mask.malformed')) {
					throw error;
				}
				problems.push(`masklet[${entry}][${index}]: ${error.message}`);
			}
		}
	}
	if (problems.length > 0) {
		return problems;
	}
	for (const [index, builder] of builders.entries()) {
		const expected = builder.result();
		const check = (key: keyof SavFile, found: unknown, wanted: unknown) => {
			const isClose =
				typeof wanted === 'number' && typeof found === 'number'
					? Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))
					: found === wanted;
			if (!isClose) {
				problems.push(`${key}[${index}] is ${shown(wanted)} by the masks; found ${shown(found)}`);
			}
		};
		check('masklet_size_rel', file.masklet_size_rel[index], expected.sizeRel);
		check('masklet_size_abs', file.masklet_size_abs[index], expected.sizeAbs);
		check('masklet_size_bucket', file.masklet_size_bucket[index], expected.sizeBucket);
		check('masklet_visibility_changes', file.masklet_visibility_changes[index], expected.visibilityChanges);
		check('masklet_first_appeared_frame', file.masklet_first_appeared_frame[index], expected.firstAppearedEntry);
		check('masklet_frame_count', file.masklet_frame_count[index], file.masklet.length);
	}
	return problems;
}

function findListProblems(file: SavFile, key: keyof SavFile, type: 'number' | 'string'): string[] {
	const list: unknown = file[key];
	if (!Array.isArray(list) || list.length !== file.masklet_num) {
		return [`${key} is a list of ${file.masklet_num} (masklet_num); found ${shown(list)}`];
	}
	const at = list.findIndex((item) => typeof item !== type);
	return at < 0 ? [] : [`${key}[${at}] is a ${type}; found ${shown(list[at])}`];
}

function findEntryProblems(file: SavFile): string[] {
	const problems: string[] = [];
	const limit = 20;
	for (const [entry, masks] of (file.masklet as unknown[]).entries()) {
		if (!Array.isArray(masks) || masks.length !== file.masklet_num) {
			problems.push(`masklet[${entry}] is a list of ${file.masklet_num} (masklet_num); found ${shown(masks)}`);
		} else {
			for (const [index, mask] of (masks as unknown[]).entries()) {
				const place = `masklet[${entry}][${index}]`;
				if (!isRecord(mask)) {
					problems.push(`${place} is a run-length code also where the object is absent; found ${shown(mask)}`);
				} else if (typeof mask.counts !== 'string') {
					problems.push(`${place}.counts is a text; found ${shown(mask.counts)}`);
				} else if (
					!Array.isArray(mask.size) ||
					mask.size[0] !== file.video_height ||
					mask.size[1] !== file.video_width
				) {
					const found = Array.isArray(mask.size) ? `[${mask.size.join(', ')}]` : shown(mask.size);
					problems.push(`${place}.size is [${file.video_height}, ${file.video_width}]; found ${found}`);
				}
			}
		}
		if (problems.length >= limit) {
			break;
		}
	}
	return problems;
}

/** Manual files have a null an object, automatic ones a number an entry and object. */
function findStabilityProblems(file: SavFile): string[] {
	const key = 'masklet_stability_score';
	const list: unknown = file[key];
	if (!Array.isArray(list)) {
		return [`${key} is a list; found ${shown(list)}`];
	}
	const isManual = list.length === file.masklet_num && list.every((item) => item === null);
	const isAuto =
		list.length === file.masklet.length &&
		list.every(
			(row) => Array.isArray(row) && row.length === file.masklet_num && row.every((score) => typeof score === 'number'),
		);
	return isManual || isAuto
		? []
		: [`${key} is null for each object, or for each entry a list of ${file.masklet_num} numbers`];
}
