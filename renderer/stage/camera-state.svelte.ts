import type { Size } from '../../preload/common/geometry.ts';
import { actualCamera, boundCamera, fitCamera, resizedCamera, zoomCamera, type Camera } from './camera.ts';

/** The camera over one video: fitted until a person moves it. */
export class CameraState {
	value = $state.raw<Camera>() as Camera;
	viewSize: Size = { width: 1, height: 1 };
	readonly #picture: Size & { pixelAspect: number };
	#isFitted = true;

	constructor(picture: Size & { pixelAspect: number }) {
		this.#picture = picture;
		this.value = fitCamera(picture, this.viewSize, { aspect: picture.pixelAspect });
	}

	set(camera: Camera): void {
		this.value = camera;
		this.#isFitted = false;
	}

	fit(): void {
		this.value = fitCamera(this.#picture, this.viewSize, { aspect: this.#picture.pixelAspect });
		this.#isFitted = true;
	}

	actual(pixelRatio: number): void {
		this.#move(actualCamera(this.value, this.#middle(), pixelRatio));
	}

	zoomBy(factor: number): void {
		this.#move(zoomCamera(this.value, this.#middle(), factor));
	}

	resize(size: Size): void {
		const before = this.viewSize;
		this.viewSize = size;
		if (this.#isFitted) {
			this.fit();
		} else {
			this.value = resizedCamera(this.value, before, size);
		}
	}

	#move(camera: Camera): void {
		this.set(boundCamera(camera, this.#picture, this.viewSize));
	}

	#middle() {
		return { x: this.viewSize.width / 2, y: this.viewSize.height / 2 };
	}
}
