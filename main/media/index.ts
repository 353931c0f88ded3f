export { createMedia } from './create-media.ts';
export { damageNotice } from './damage-notice.ts';
export { encodePicture, scaledPicture, type EncodeOptions } from './encode-picture.ts';
export { FrameIndex } from './frame-index.ts';
export { folderFrameRate } from './picture-folder.ts';
export { findSource, fullHash, isSameSource, sampledHash, sourceSize, type SourceIdentity } from './source-identity.ts';
export type { Media, MediaLog, MediaOptions } from './media.ts';
export type { ColourFacts, MediaFacts, MediaSource, PictureOptions, ProbedMedia } from './media-source.ts';
