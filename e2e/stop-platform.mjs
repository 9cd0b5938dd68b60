/** Takes down what `start-platform.mjs` brought up. */
export default async function stopPlatform() {
  await globalThis.stopPlatform?.();
}
