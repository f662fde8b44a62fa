use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::install::{is_root, run};

/// A file system of its own, gone with its value.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// One of this size, as `mount` understands it, for this user, at this folder. `None` where we aren't root, who alone
    /// can mount it.
    ///
    /// # Errors
    /// Where root can't either.
    pub fn mount(folder: PathBuf, size: &str, user: &str) -> Outcome<Option<Self>> {
        if !is_root() {
            return Ok(None);
        }
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut mount = Command::new("mount");
        run(mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "small"]).arg(&folder))?;
        let disk = SmallDisk(folder);
        run(Command::new("chown").arg(user).arg(&disk.0))?;
        Ok(Some(disk))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Takes all room that is left.
    ///
    /// # Errors
    /// Where it can't be taken.
    pub fn fill(&self) -> Outcome {
        let fill = || {
            let mut filler = File::create(self.filler())?;
            loop {
                filler.write_all(&[0; 4096])?;
            }
        };
        match fill() {
            Err::<(), io::Error>(full) if full.kind() == io::ErrorKind::StorageFull => Ok(()),
            other => other.map_err(|error| format!("can't fill {}: {error}", self.0.display())),
        }
    }

    /// Gives back what [`fill`](Self::fill) has taken.
    ///
    /// # Errors
    /// Where it isn't full.
    pub fn make_room(&self) -> Outcome {
        fs::remove_file(self.filler()).map_err(|error| format!("{}: {error}", self.0.display()))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = run(Command::new("umount").arg("--lazy").arg(&self.0));
    }
}
