/**
 * What the decoder page does for `main/media`, and the shapes that travel between them. The Node side reads packets from
 * the file and decides their order; the page only decodes. Frames are known by number, not by time: a packet carries
 * the frame that it becomes.
 */

/** How the samples of the planes follow each other in `DecodedFrame.data`, rows tightly packed, 8 bits a sample. */
export type PlanarLayout = 'I420' | 'I422' | 'I444' | 'RGB';

export type DecodedFrame = {
	frameIndex: number;
	layout: PlanarLayout;
	/** Visible size, before rotation. Chroma planes of odd sizes are rounded up. */
	width: number;
	height: number;
	data: Uint8Array;
	/** As the decoder states them; `null` where the bitstream does not say. `rgb`: the planes are G, B, R. */
	matrix: string | null;
	isFullRange: boolean | null;
};

export type StreamConfig = {
	/** WebCodecs codec string, or a ProRes four-character code. */
	codec: string;
	codedWidth: number;
	codedHeight: number;
	description: Uint8Array | null;
};

export type FeedPacket = {
	/** -1 for a packet that is decoded but not shown. */
	frameIndex: number;
	isKey: boolean;
	data: Uint8Array;
};

export type FeedRequest = {
	streamId: number;
	/** Forgets what the decoder holds; the first packet is a key packet. */
	restart: boolean;
	packets: FeedPacket[];
	/** Frames outside are decoded and dropped without a copy. */
	keepFrom: number;
	keepTo: number;
	/** Gets out what the decoder still holds; the next packet must be a key packet. */
	flush: boolean;
};

export type FeedResult = {
	/** Kept frames that came out since the last feed, in presentation order; not always those of this feed's packets. */
	frames: DecodedFrame[];
	/** Every frame that came out, the dropped ones too. */
	passed: number[];
	/** The decoder's words where it gave up; the stream is then gone. */
	failure: string | null;
};

export type DecoderPage = {
	/** Browser and version. */
	name(): Promise<string>;
	canDecode(config: StreamConfig): Promise<boolean>;
	openStream(request: { streamId: number; config: StreamConfig }): Promise<void>;
	/** One at a time per stream, in decode order; a second may be under way to keep the decoder busy. */
	feed(request: FeedRequest): Promise<FeedResult>;
	closeStream(request: { streamId: number }): Promise<void>;
};
