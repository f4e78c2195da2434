/** The ways in which a check ends early. */

/** The submission made a mistake: the check has failed. The message is one sentence for the student. */
export class SubmissionMistake extends Error {
  override readonly name = 'SubmissionMistake'
}

/** The check does not apply or cannot be made here: it is neither passed nor failed. The message says why. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
}

/** The adapter of a submission has failed, so that nothing more can be checked. */
export class AdapterFailure extends Error {
  override readonly name = 'AdapterFailure'
}

/** The submission cannot be graded at all: it does not build, does not start, or listens elsewhere. */
export class CannotGrade extends Error {
  override readonly name = 'CannotGrade'
}
