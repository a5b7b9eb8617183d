import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cronText } from '../../src/lib/cron.ts'

const said: Record<string, string> = {
  '0 3 * * *': 'at 03:00 every day',
  '30 2 * * 1-5': 'at 02:30 on Monday to Friday',
  '*/5 * * * *': 'every 5 minutes',
  '* * * * *': 'every minute',
  '0 * * * *': 'every hour on the hour',
  '15 */2 * * *': 'every 2 hours at 15 minutes past the hour',
  '*/10 9-17 * * MON-FRI': 'every 10 minutes from 09:00 to 17:59 on Monday to Friday',
  '0 8,20 * * *': 'at 08:00 and 20:00',
  '0 0 1,15 * *': 'at 00:00 on the 1st and 15th',
  '0 0 L * *': 'at 00:00 on the last day of the month',
  '0 12 1 1 *': 'at 12:00 on the 1st in January',
  '*/10 * * * * *': 'every 10 seconds',
  '30 0 6 * * 7': 'at 06:00:30 on Sunday',
  '@daily': 'at 00:00 every day',
  '0 0 * * mon#1': '',
  nonsense: '',
  '': '',
}

for (const [expression, text] of Object.entries(said)) {
  test(`'${expression}' is ${text ? `"${text}"` : 'left to the times themselves'}`, () => assert.equal(cronText(expression), text))
}
