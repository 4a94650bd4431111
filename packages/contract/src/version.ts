/** Version of the talk between SDK and frames. A frame that no longer speaks it answers 410. */
export const PROTOCOL = 1;

/** First path segment of every frame URL: it names the protocol, never the build. */
export const FRAME_PATH = 'f1';
