use std::collections::BTreeMap;

use crate::databases::Kind;
use crate::goals;
use crate::loads::Load;
use crate::options::Options;
use crate::servers::Server;

/// What was measured, by server and thing, one value per round.
#[derive(Debug, Default)]
pub struct Report {
    values: BTreeMap<(&'static str, &'static str), Vec<f64>>,
    instructions: BTreeMap<(&'static str, &'static str), Vec<f64>>,
    /// What of the time is the server's own, not its database's.
    shares: BTreeMap<(&'static str, &'static str), Vec<f64>>,
}

const OF_PROCESSES: [(&str, &str); 5] =
    [("start-up", "ms"), ("start-up, CPU", "ms"), ("idle memory", "MB"), ("loaded memory", "MB"), ("binary", "MB")];

impl Report {
    pub fn add(&mut self, server: &Server, what: &'static str, value: f64) {
        self.values.entry((server.name, what)).or_default().push(value);
    }

    pub fn add_instructions(&mut self, server: &Server, what: &'static str, value: f64) {
        self.instructions.entry((server.name, what)).or_default().push(value);
    }

    pub fn add_share(&mut self, server: &Server, load: &'static str, value: f64) {
        self.shares.entry((server.name, load)).or_default().push(value);
    }

    /// The median of the rounds.
    pub fn median(&self, server: &str, what: &str) -> Option<f64> {
        median(self.values.get(&(server, what))?)
    }

    fn median_instructions(&self, server: &str, what: &str) -> Option<f64> {
        median(self.instructions.get(&(server, what))?)
    }

    pub fn print(&self, options: &Options, servers: &[&Server]) {
        println!("{} books, medians of {} rounds\n", options.rows, options.rounds);
        println!("CPU microseconds per request (thousands of instructions in user space), server and database;");
        println!("with PostgreSQL, behind the slash: of the time, the server's own");
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let columns: Vec<_> = servers.iter().filter(|it| it.kind == kind || it.kind == Kind::None).collect();
            if columns.iter().all(|it| it.kind == Kind::None) {
                continue;
            }
            print!("\n{:18}", "");
            columns.iter().for_each(|it| print!(" {:>20}", it.name));
            println!();
            for load in Load::ALL.into_iter().filter(|it| options.loads(*it)) {
                print!("{:18}", load.name());
                for server in &columns {
                    let cell = match self.median(server.name, load.name()) {
                        Some(time) => match self.median_instructions(server.name, load.name()) {
                            Some(it) => format!("{time:.1}{} ({:.0}k)", self.share(kind, server, load), it / 1e3),
                            None => format!("{time:.1}{}", self.share(kind, server, load)),
                        },
                        None => "-".to_owned(),
                    };
                    print!(" {cell:>20}");
                }
                println!();
            }
            for (what, unit) in OF_PROCESSES {
                print!("{:18}", format!("{what}, {unit}"));
                for server in &columns {
                    let cell = self.median(server.name, what).map_or("-".to_owned(), |it| format!("{it:.1}"));
                    print!(" {cell:>20}");
                }
                println!();
            }
        }
        println!();
        goals::print(self, options);
    }

    fn share(&self, kind: Kind, server: &Server, load: Load) -> String {
        let share = self.shares.get(&(server.name, load.name())).and_then(|it| median(it));
        share.filter(|_| kind == Kind::Postgres).map_or(String::new(), |it| format!("/{it:.1}"))
    }

    /// How many times one value is another one.
    pub fn ratio(&self, over: (&str, &str), under: (&str, &str)) -> Option<f64> {
        Some(self.median(over.0, over.1)? / self.median(under.0, under.1)?)
    }

    /// The same, of instructions.
    pub fn ratio_of_instructions(&self, over: (&str, &str), under: (&str, &str)) -> Option<f64> {
        Some(self.median_instructions(over.0, over.1)? / self.median_instructions(under.0, under.1)?)
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => Some((sorted.get(middle.checked_sub(1)?)? + sorted.get(middle)?) / 2.0),
        _ => sorted.get(middle).copied(),
    }
}
