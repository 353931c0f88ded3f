/*
 * Names of pictures. A video's key may say what the video is and who asks, `CONTENT#ASKER`: pictures of equal content
 * are equal, whenever and by whomever they are asked for. A key without `#` says nothing of the kind.
 */

/** The key by which a frame's picture is known: requests for prompts on it carry the same. */
export function pictureKeyOf(videoKey: string, frameIndex: number): string {
	return `${videoKey}:${frameIndex}`;
}

export type PicturePlace = {
	/** The video as caches know it: its content where the key says it, else the whole key. */
	video: string;
	frameIndex: number;
	/** Whether another process, another day, would mean the same picture. */
	isLasting: boolean;
};

export function placeOfPicture(pictureKey: string): PicturePlace {
	const colon = pictureKey.lastIndexOf(':');
	return { ...videoOfKey(pictureKey.slice(0, colon)), frameIndex: Number(pictureKey.slice(colon + 1)) };
}

export function videoOfKey(videoKey: string): Pick<PicturePlace, 'video' | 'isLasting'> {
	const mark = videoKey.indexOf('#');
	return { video: mark < 0 ? videoKey : videoKey.slice(0, mark), isLasting: mark >= 0 };
}
