namespace Fleet.Engine.Redis;

/// <summary>The scripts: each a transition of the state diagram, or a step of one, for a batch of runs.</summary>
internal static class Scripts
{
    public static readonly Script Enqueue = new("enqueue", keys: 6, args: 5, eachKeys: 1, eachArgs: 3);
    public static readonly Script Take = new("take", keys: 0, args: 3, eachKeys: 1, eachArgs: 0);
    public static readonly Script Start = new("start", keys: 2, args: 2, eachKeys: 1, eachArgs: 4);
    public static readonly Script Append = new("append", keys: 2, args: 3, eachKeys: 2, eachArgs: 5);
    public static readonly Script Finish = new("finish", keys: 12, args: 4, eachKeys: 1, eachArgs: 3);
    public static readonly Script Cancel = new("cancel", keys: 8, args: 5, eachKeys: 1, eachArgs: 0);
    public static readonly Script Retry = new("retry", keys: 3, args: 5, eachKeys: 1, eachArgs: 0);
    public static readonly Script Hasten = new("hasten", keys: 3, args: 3, eachKeys: 1, eachArgs: 1);
    public static readonly Script Delete = new("delete", keys: 1, args: 2, eachKeys: 2, eachArgs: 0);
    public static readonly Script Promote = new("promote", keys: 3, args: 4, eachKeys: 0, eachArgs: 0);
    public static readonly Script Expire = new("expire", keys: 8, args: 5, eachKeys: 0, eachArgs: 0);
    public static readonly Script Recover = new("recover", keys: 7, args: 6, eachKeys: 1, eachArgs: 0);
    public static readonly Script Schedule = new("schedule", keys: 4, args: 5, eachKeys: 0, eachArgs: 2);
    public static readonly Script Unschedule = new("unschedule", keys: 3, args: 1, eachKeys: 0, eachArgs: 0);
    public static readonly Script Ticks = new("ticks", keys: 1, args: 1, eachKeys: 0, eachArgs: 0);
    public static readonly Script Tick = new("tick", keys: 8, args: 8, eachKeys: 1, eachArgs: 3);
    public static readonly Script Restore = new("restore", keys: 2, args: 2, eachKeys: 0, eachArgs: 0);
    public static readonly Script Select = new("select", keys: 1, args: 10, eachKeys: 1, eachArgs: 0);
    public static readonly Script Ahead = new("ahead", keys: 1, args: 3, eachKeys: 0, eachArgs: 0);
    public static readonly Script Demand = new("demand", keys: 1, args: 3, eachKeys: 1, eachArgs: 0);
    public static readonly Script Mark = new("mark", keys: 1, args: 1, eachKeys: 0, eachArgs: 0);
    public static readonly Script Watch = new("watch", keys: 0, args: 1, eachKeys: 1, eachArgs: 0);
    public static readonly Script Attend = new("attend", keys: 0, args: 2, eachKeys: 2, eachArgs: 1);
    public static readonly Script Announce = new("announce", keys: 2, args: 2, eachKeys: 0, eachArgs: 0);
    public static readonly Script Retire = new("retire", keys: 0, args: 1, eachKeys: 1, eachArgs: 0);
    public static readonly Script Unretain = new("unretain", keys: 2, args: 0, eachKeys: 0, eachArgs: 0);
    public static readonly Script Tail = new("tail", keys: 6, args: 2, eachKeys: 0, eachArgs: 0);
    public static readonly Script Hold = new("hold", keys: 2, args: 2, eachKeys: 0, eachArgs: 0);

    public static readonly IReadOnlyList<Script> All =
    [
        Enqueue, Take, Start, Append, Finish, Cancel, Retry, Hasten, Delete, Promote, Expire, Recover, Schedule, Unschedule, Ticks, Tick, Restore, Select,
        Ahead, Demand, Mark, Watch, Attend, Hold, Announce, Retire, Unretain, Tail,
    ];
}
