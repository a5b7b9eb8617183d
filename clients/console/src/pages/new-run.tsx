export function NewRunPage(_: { name?: string }) { return <h1>NewRun</h1> }
