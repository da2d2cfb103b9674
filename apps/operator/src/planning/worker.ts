import { parentPort } from 'node:worker_threads';
import { describeError, type GuestAssessment } from '@ballast/core';
import { planHere } from '@ballast/operator';
import type { FromWorker, Question, ToWorker } from './messages.ts';

// The thread that plans for large clusters: it is asked by the messages of WorkerPlanner, one question at a time.

let question: Question | undefined;
let guests: GuestAssessment[] = [];

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') {
    question = message.question;
    guests = [];
  } else if (message.kind === 'guests') {
    for (const guest of message.guests) guests.push(guest);
  } else {
    void answer();
  }
});

async function answer(): Promise<void> {
  const post = (message: FromWorker): void => parentPort?.postMessage(message);
  try {
    if (question === undefined) throw new Error('Expected a question before the order to plan, got none.');
    const { assessment } = question;
    const snapshot = { ...assessment.snapshot, guests: guests.map(({ guest }) => guest) };
    post({ kind: 'planned', plan: await planHere({ ...question, assessment: { ...assessment, snapshot, guests } }) });
  } catch (error) {
    post({ kind: 'failed', message: describeError(error) });
  }
}
