import "../styles/staff.scss";
