#!/bin/bash
# The step of action.yml that grades: a page and a summary for the student, a result for the reporter of GitHub Classroom.
set -u
points=()
if [ -f "$GITHUB_ACTION_PATH/points.yaml" ]; then points=(--points "$GITHUB_ACTION_PATH/points.yaml"); fi
# shellcheck disable=SC2086 # Each word of OPTIONS is an option.
text=$(oxo grade --classroom "$RUNNER_TEMP/classroom.json" --html "$RUNNER_TEMP/grade.html" "${points[@]}" ${OPTIONS:-} "$DESCRIPTION" 2>&1)
echo "$text"
printf '```\n%s\n```\n' "$text" >>"$GITHUB_STEP_SUMMARY"
# Fewer points are not a failure of this step: the reporter fails the run after it has reported them.
echo "result=$(base64 --wrap=0 "$RUNNER_TEMP/classroom.json")" >>"$GITHUB_OUTPUT"
test -s "$RUNNER_TEMP/classroom.json"
