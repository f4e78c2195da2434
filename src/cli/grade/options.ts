/** The arguments and help of `oxo grade`. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { examples } from '../examples.ts'
import type { GradeSettings } from './command.ts'
import { Stop } from '../../server/stop.ts'
import { workerName } from './worker.ts'

export function addGrade(program: Command): void {
  program
    .command('grade')
    .description('grade a tic-tac-toe server or client in any language: plays against it and says what works')
    .argument('[description]', 'its description: a file such as homework.yaml')
    .option(
      '--init [folder]',
      'write a homework.yaml to begin with, from the source in a folder; nothing is overwritten',
    )
    .option('--schema', 'print the JSON Schema of a description, for editors and validators')
    .option('--client', 'grade its client instead, against a scripted server')
    .option('--class <folder>', 'grade every folder in it that has a homework.yaml; --html then names a folder')
    .addOption(new Option('--jobs <number>', 'submissions of a class at a time').argParser(parseJobs).default(1))
    .option('--address <host:port>', 'grade a server that runs already, instead of starting one')
    .addOption(new Option('--seed <number>', 'the random games to play').argParser(parseSeed).default(1))
    .option('--check <ids>', 'only these checks, separated by commas', (text) => text.split(','))
    .option('--checks <file>', 'also the checks of your own in a module, such as course-checks.ts')
    .option('--points <file>', 'what each check is worth, and which are left out: a file such as points.yaml')
    .option('--all', 'examine every position instead of a sample; takes longer')
    .option('--json <file>', 'also write the result as JSON; -: to standard output, instead of the report')
    .option('--html <file>', 'also write it as a page, with the evidence and a diagram of each failure')
    .option('--gradescope <file>', 'also write it as the results.json of Gradescope')
    .option('--classroom <file>', 'also write it as the result that GitHub Classroom reads')
    .option('--junit <file>', 'also write it as JUnit XML')
    .option('--csv <file>', 'also write it as a row of a table')
    .option('--no-sandbox', 'run it in its folder, with a network and without limits on files')
    .addHelpText(
      'after',
      examples(
        ['oxo grade --init', 'writes a homework.yaml for the server in this folder'],
        ['oxo grade homework.yaml', 'starts the server that it describes and grades it'],
        ['oxo grade --address localhost:5000 homework.yaml', 'grades one that runs'],
        ['oxo grade --client homework.yaml', 'grades its client against a scripted server'],
        ['oxo grade --class submissions --jobs 2 --csv grades.csv', 'grades a class'],
        ['oxo grade --class submissions --points points.yaml --csv grades.csv', 'with points of your own'],
        ['oxo grade --checks course-checks.ts homework.yaml', 'with checks of your own'],
        ['oxo grade --check wrong-turn,draws homework.yaml', 'two checks, while you fix something'],
      ),
    )
    .addHelpText('after', '\nExit codes: 0 all points, 1 fewer, 2 it could not be graded.')
    .action(async (description: string | undefined, settings: GradeSettings) => {
      const { init, schema } = settings
      if (schema === true)
        return void process.stdout.write((await import('../../grading/index.ts')).writeDescriptionSchema())
      if (init !== undefined) return (await import('./init.ts')).writeFirst(init === true ? '.' : init)
      if ((description === undefined) === (settings.class === undefined))
        throw new Stop('usage', 'Name the description of a submission, or a class with --class FOLDER.')
      process.exitCode =
        settings.class === undefined
          ? await (await import('./command.ts')).grade(description ?? '', settings)
          : await (await import('./class.ts')).gradeClass(settings.class, settings)
    })
  program.command(workerName, { hidden: true }).action(async () => {
    ;(await import('../../grading/index.ts')).runGradingWorker()
  })
}

function parseSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of at most nine digits.')
  return Number(text)
}

function parseJobs(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 99.')
  return Number(text)
}
