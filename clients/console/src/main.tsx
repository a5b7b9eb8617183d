import { render } from 'preact'
import { App } from './app.tsx'
import { watchConnection } from './server/fleet.ts'
import { jobs, stats } from './server/overall.ts'
import { watchWorkers } from './server/workers.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/controls.css'
import './styles/states.css'
import './styles/table.css'
import './styles/overlays.css'
import './styles/overview.css'
import './styles/run.css'
import './styles/ansi.css'
import './styles/forms.css'
import { startClock } from './view/clock.ts'
import { showInTab } from './view/favicon.ts'
import { listen } from './view/router.ts'
import { applyTheme } from './view/theme.ts'

applyTheme()
startClock()
listen()
watchWorkers()
watchConnection()
stats.start()
jobs.start()
showInTab()
render(<App />, document.getElementById('app')!)
