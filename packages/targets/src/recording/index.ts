export { type Application, type RecordingOptions, type RecordingTarget, recordingTarget } from './target.ts';
