import Konva from 'konva';
import type { Size } from '../../preload/common/geometry.ts';
import type { Overlay, PlacedPrompt } from '../editor/tool.ts';
import type { Camera } from './camera.ts';
import { MaskArts } from './mask-art.ts';
import { paintMasks, type MaskScene } from './paint-masks.ts';
import { paintOverlay, paintPrompts } from './paint-prompts.ts';

/** All that is to be seen; replaced piece by piece. */
export type Scene = {
	camera: Camera;
	size: Size;
	picture: CanvasImageSource | null;
	masks: Omit<MaskScene, 'scale' | 'size' | 'picture' | 'arts'>;
	prompts: readonly PlacedPrompt[];
	selectedPromptId: number | null;
	overlay: Overlay | null;
};

const crispScale = 4;
const gridScale = 16;

/** The one place that knows Konva: four layers over each other, each drawn again only when its part of the scene changed. */
export class StageView {
	readonly #stage: Konva.Stage;
	readonly #layers: Record<'picture' | 'masks' | 'prompts' | 'overlay', Konva.Layer>;
	readonly #arts = new MaskArts();
	#scene: Scene;

	constructor(container: HTMLDivElement, scene: Scene) {
		this.#scene = scene;
		this.#stage = new Konva.Stage({ container, width: 1, height: 1, listening: false });
		this.#layers = {
			picture: this.#layer((context) => this.#paintPicture(context)),
			masks: this.#layer((context) => this.#paintMasks(context)),
			prompts: this.#layer((context) => this.#paintPrompts(context)),
			overlay: this.#layer((context) => this.#paintOverlay(context)),
		};
	}

	update(change: Partial<Scene>): void {
		this.#scene = { ...this.#scene, ...change };
		this.#hideEmpty();
		const isMoved = change.camera !== undefined || change.size !== undefined;
		if (isMoved || 'picture' in change) {
			this.#layers.picture.batchDraw();
		}
		if (isMoved || change.masks || ('picture' in change && this.#scene.masks.mode === 'cutout')) {
			this.#layers.masks.batchDraw();
		}
		if (isMoved || change.prompts || 'selectedPromptId' in change || 'overlay' in change) {
			this.#layers.prompts.batchDraw();
		}
		if (isMoved || 'overlay' in change) {
			this.#layers.overlay.batchDraw();
		}
	}

	/** A canvas that was only cleared may go on showing what it had: Chromium without a GPU does not present such a frame. */
	#hideEmpty(): void {
		const { masks, prompts, overlay } = this.#scene;
		this.#layers.masks.visible(masks.masks.length > 0 || masks.hover !== null || masks.mode === 'cutout');
		this.#layers.prompts.visible(prompts.length > 0);
		this.#layers.overlay.visible(overlay !== null);
	}

	resize(size: Size): void {
		this.#stage.size(size);
	}

	dispose(): void {
		this.#stage.destroy();
	}

	#layer(paint: (context: CanvasRenderingContext2D) => void): Konva.Layer {
		const layer = new Konva.Layer({ listening: false });
		layer.add(
			new Konva.Shape({
				listening: false,
				perfectDrawEnabled: false,
				sceneFunc: (context) => {
					const native = context._context as CanvasRenderingContext2D;
					native.save();
					paint(native);
					native.restore();
				},
			}),
		);
		this.#stage.add(layer);
		return layer;
	}

	#intoImage(context: CanvasRenderingContext2D): void {
		const { x, y, scale, aspect } = this.#scene.camera;
		context.transform(scale * aspect, 0, 0, scale, x, y);
	}

	#paintPicture(context: CanvasRenderingContext2D): void {
		const { picture, size, camera } = this.#scene;
		this.#intoImage(context);
		if (!picture) {
			context.fillStyle = 'rgba(128, 136, 148, 0.08)';
			context.fillRect(0, 0, size.width, size.height);
			return;
		}
		context.imageSmoothingEnabled = camera.scale < crispScale;
		context.imageSmoothingQuality = 'medium';
		context.drawImage(picture, 0, 0, size.width, size.height);
		if (camera.scale >= gridScale) {
			this.#paintGrid(context);
		}
	}

	/** Faint lines between the pixels that show. */
	#paintGrid(context: CanvasRenderingContext2D): void {
		const { size, camera } = this.#scene;
		const left = Math.max(0, Math.floor(-camera.x / (camera.scale * camera.aspect)));
		const top = Math.max(0, Math.floor(-camera.y / camera.scale));
		const right = Math.min(size.width, Math.ceil((this.#stage.width() - camera.x) / (camera.scale * camera.aspect)));
		const bottom = Math.min(size.height, Math.ceil((this.#stage.height() - camera.y) / camera.scale));
		context.beginPath();
		for (let x = left; x <= right; x++) {
			context.moveTo(x, top);
			context.lineTo(x, bottom);
		}
		for (let y = top; y <= bottom; y++) {
			context.moveTo(left, y);
			context.lineTo(right, y);
		}
		context.lineWidth = 1 / camera.scale;
		context.strokeStyle = 'rgba(128, 136, 148, 0.35)';
		context.stroke();
	}

	#paintMasks(context: CanvasRenderingContext2D): void {
		const { masks, camera, size, picture } = this.#scene;
		this.#intoImage(context);
		paintMasks(context, { ...masks, scale: camera.scale, size, picture, arts: this.#arts });
	}

	#paintPrompts(context: CanvasRenderingContext2D): void {
		const { prompts, selectedPromptId, overlay, camera } = this.#scene;
		paintPrompts(context, { prompts, moved: overlay?.moved, selectedPromptId, camera });
	}

	#paintOverlay(context: CanvasRenderingContext2D): void {
		if (this.#scene.overlay) {
			paintOverlay(context, this.#scene.overlay, this.#scene.camera);
		}
	}
}
