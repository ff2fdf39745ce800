//! Runs a known tool where no file says the same: an absolute path from a fixed list of folders, arguments as they are,
//! no shell, `LC_ALL=C`, a deadline, its whole process group killed when that is over.
